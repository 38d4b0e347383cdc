/** What a client is told when it has come: what the service can do, by which token it is known again, what it registered. */
import type { Frame } from '../frame.ts';
import type { Caller } from '../token.ts';
import type { Continuation } from './continuation.ts';

const MAX_REGISTRATIONS = 10;

export function createInitReply(
  header: Frame['header'],
  options: { readonly caller: Caller; readonly continuation: Continuation; readonly worldId: string },
): Record<string, unknown> {
  const { caller, continuation, worldId } = options;
  const { account, identity } = caller;
  return {
    capabilities: ['client_update', 'offline_storage'],
    continuation_token: continuation.token,
    continuation_token_status: continuation.status,
    // Under this name a page keeps what it knows of Sync; of other data it must be another.
    offline_storage: {
      ip_messaging: { storage_id: `${worldId}-${account.serviceSid}-${encodeURIComponent(identity)}` },
    },
    init_registrations: registrationsOf(header),
  };
}

function registrationsOf(header: Frame['header']) {
  const { registrations } = header;
  if (!Array.isArray(registrations)) return [];
  return (registrations as Record<string, unknown>[]).slice(0, MAX_REGISTRATIONS).map((registration, index) => ({
    notification_ctx_id: `ctx-${index}`,
    product: registration?.['product'],
    type: registration?.['type'],
    message_types: registration?.['message_types'],
  }));
}
