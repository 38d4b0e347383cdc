/** Prepares a Conversations service for ciphertext, once, over the app's own client of the package `twilio`. */
import { chatTwilioError } from '../errors.ts';
import { type PushTemplates, type PushTexts, pushTemplates } from './push-templates.ts';

/** What is used of the client that `twilio(accountSid, authToken)` makes. */
export interface TwilioRestClient {
  readonly conversations: { readonly v1: { services(sid: string): ServiceContext } };
}

interface ServiceContext {
  readonly configuration: ServiceConfiguration;
  roles(sid: string): RoleContext;
}

interface ServiceConfiguration {
  (): { fetch(): Promise<{ readonly defaultConversationRoleSid: string }> };
  notifications(): { update(templates: PushTemplates): Promise<unknown> };
  webhooks(): {
    fetch(): Promise<ServiceWebhook>;
    update(webhook: { preWebhookUrl: string; method: string; filters: string[] }): Promise<unknown>;
  };
}

interface ServiceWebhook {
  readonly preWebhookUrl: string | null;
  readonly filters: readonly string[] | null;
}

interface RoleContext {
  fetch(): Promise<{ readonly permissions: readonly string[] }>;
  update(role: { permission: string[] }): Promise<unknown>;
}

export interface SetUpOptions {
  /** `IS…` */
  readonly serviceSid: string;
  readonly push?: PushTexts | undefined;
  /** Where `createGuardWebhook` answers; without it webhooks stay as they are. */
  readonly webhookUrl?: string | undefined;
  /** In place of another address that is asked before events. */
  readonly replaceWebhook?: boolean | undefined;
  /**
   * Gives the default role of members the permissions that reactions and titles need: to change the attributes of any message and of the
   * conversation. They may then change those of the app as well.
   */
  readonly reactionsAndTitles?: boolean | undefined;
}

const GUARDED = ['onMessageAdd', 'onMessageUpdate', 'onParticipantAdd'];
const NOTE_PERMISSIONS = ['editAnyMessageAttributes', 'editConversationAttributes'];

/** Can be repeated. @throws twilio/bad-option, twilio/push-template, twilio/webhook-taken, and what the client rejects with */
export async function setUpEncryptedService(client: TwilioRestClient, options: SetUpOptions): Promise<void> {
  const { serviceSid, push, webhookUrl, replaceWebhook = false, reactionsAndTitles = false } = options;
  const templates = pushTemplates(push);
  if (webhookUrl !== undefined && !/^https?:\/\//i.test(webhookUrl)) {
    throw chatTwilioError('twilio/bad-option', { details: { option: 'webhookUrl' } });
  }
  const service = client.conversations.v1.services(serviceSid);
  // First, because it alone can find something that it must not change.
  if (webhookUrl !== undefined) await setWebhook(service.configuration, { webhookUrl, replaceWebhook });
  await service.configuration.notifications().update(templates);
  if (reactionsAndTitles) await permitNotes(service);
}

async function setWebhook(
  configuration: ServiceConfiguration,
  { webhookUrl, replaceWebhook }: { readonly webhookUrl: string; readonly replaceWebhook: boolean },
): Promise<void> {
  const { preWebhookUrl, filters } = await configuration.webhooks().fetch();
  const isTaken = Boolean(preWebhookUrl) && preWebhookUrl !== webhookUrl;
  if (isTaken && !replaceWebhook) throw chatTwilioError('twilio/webhook-taken');
  await configuration.webhooks().update({
    preWebhookUrl: webhookUrl,
    method: 'POST',
    // Other events that the app listens to stay.
    filters: [...new Set([...(filters ?? []), ...GUARDED])],
  });
}

async function permitNotes(service: ServiceContext): Promise<void> {
  const { defaultConversationRoleSid } = await service.configuration().fetch();
  const role = service.roles(defaultConversationRoleSid);
  const { permissions } = await role.fetch();
  const missing = NOTE_PERMISSIONS.filter((permission) => !permissions.includes(permission));
  if (missing.length > 0) await role.update({ permission: [...permissions, ...missing] });
}
