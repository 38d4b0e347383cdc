/** The first call of a client: where everything is, and what the limits are. */
import { infoOf, joinedOf } from '../conversations/mirror.ts';
import { ensureUser } from '../conversations/users.ts';
import { originOf, type TunnelContext } from './env.ts';

const BYTES_PER_MB = 1024 * 1024;
const PAGE_SIZE = 100;

export function getConfiguration(c: TunnelContext): Response {
  const { service, identity, httpOrigin } = c.env;
  const { limits, state, account } = service;
  const user = ensureUser(service, identity);
  const base = `${originOf(c)}/Client/v2`;
  return c.json({
    identity,
    url: `${base}/Configuration`,
    options: {
      consumption_report_interval: 'PT5S',
      user_infos_to_subscribe: 100,
      reachability_enabled: state.settings?.isReachabilityEnabled ?? false,
      http_cache_interval: 'PT5S',
      my_conversations_page_size: PAGE_SIZE,
      media_attachments_count_limit: limits.mediaPerMessage,
      media_attachment_size_limit_in_mb: limits.mediaBytes / BYTES_PER_MB,
      media_attachments_total_size_limit_in_mb: limits.mediaBytes / BYTES_PER_MB,
      email_histories_allowed_mime_types: ['text/plain', 'text/html'],
      email_bodies_allowed_mime_types: ['text/plain', 'text/html'],
    },
    sync_objects: { my_conversations: joinedOf(user).name, my_user_info: infoOf(user).name },
    links: {
      my_conversations: `${base}/MyConversations`,
      conversations: `${base}/Conversations`,
      users: `${base}/Users`,
      current_user: `${base}/Users/${encodeURIComponent(identity)}`,
      typing: `${originOf(c)}/Client/v1/typing`,
      media_service: `${httpOrigin}/v1/Services/${account.serviceSid}/Media`,
      media_set_service: `${httpOrigin}/v1/Services/${account.serviceSid}/MediaSet`,
      messages_receipts: `${base}/Conversations/%s/Messages/%s/Receipts`,
    },
  });
}
