/** REST: settings of the service: webhooks, push texts (kept, never sent), reachability, default roles. */
import { Hono } from 'hono';
import { roleSidOf } from '../conversations/roles.ts';
import { type ChatService, putRow } from '../conversations/service.ts';
import { TwilioRefusal } from '../errors.ts';
import { type Body, readChoice, readText, readTexts } from '../fields.ts';
import { listPage, readBoolean, readForm, type RestContext, type RestEnv } from './env.ts';
import { ownerOf, serviceToJson, urlOf } from './represent.ts';

/** Of a service: names in forms, and Twilio's defaults. */
const PUSH_DEFAULTS: Readonly<Record<string, string>> = {
  LogEnabled: 'false',
  'NewMessage.Enabled': 'false',
  'NewMessage.Template': '${CONVERSATION}:${PARTICIPANT}: ${MESSAGE}',
  'NewMessage.Sound': '',
  'NewMessage.BadgeCountEnabled': 'false',
  'NewMessage.WithMedia.Enabled': 'false',
  'NewMessage.WithMedia.Template': '${CONVERSATION}:${PARTICIPANT}: ${MEDIA}',
  'AddedToConversation.Enabled': 'false',
  'AddedToConversation.Template': 'You have been added to the conversation ${CONVERSATION} by ${PARTICIPANT}',
  'AddedToConversation.Sound': '',
  'RemovedFromConversation.Enabled': 'false',
  'RemovedFromConversation.Template': 'You have been removed from the conversation ${CONVERSATION} by ${PARTICIPANT}',
  'RemovedFromConversation.Sound': '',
};

export function createConfigurationRoutes(): Hono<RestEnv> {
  const app = new Hono<RestEnv>();

  app.get('/Configuration', (c) => c.json(configurationToJson(c.var.service)));

  app.post('/Configuration', async (c) => {
    const { service } = c.var;
    const settings = service.state.settings!;
    const isReachabilityEnabled =
      readBoolean(await readForm(c), 'ReachabilityEnabled') ?? settings.isReachabilityEnabled;
    putRow(service, 'settings', { ...settings, isReachabilityEnabled });
    return c.json(configurationToJson(service));
  });

  app.get('/Configuration/Webhooks', (c) => c.json(webhooksToJson(c.var.service)));

  app.post('/Configuration/Webhooks', async (c) => {
    const { service } = c.var;
    const body = await readForm(c);
    const settings = service.state.settings!;
    const { webhooks } = settings;
    putRow(service, 'settings', {
      ...settings,
      webhooks: {
        preWebhookUrl: readUrl(body, 'PreWebhookUrl', webhooks.preWebhookUrl),
        postWebhookUrl: readUrl(body, 'PostWebhookUrl', webhooks.postWebhookUrl),
        filters: readTexts(body, 'Filters') ?? webhooks.filters,
        method: readChoice(body, 'Method', ['POST', 'GET']) ?? webhooks.method,
      },
    });
    return c.json(webhooksToJson(service));
  });

  app.get('/Configuration/Notifications', (c) => c.json(notificationsToJson(c.var.service)));

  app.post('/Configuration/Notifications', async (c) => {
    const { service } = c.var;
    const body = await readForm(c);
    const settings = service.state.settings!;
    const given = Object.keys(PUSH_DEFAULTS).flatMap((name) => {
      const text = readText(body, name);
      return text === undefined ? [] : [[name, text]];
    });
    const notifications = { ...settings.notifications, ...(Object.fromEntries(given) as Record<string, string>) };
    putRow(service, 'settings', { ...settings, notifications });
    return c.json(notificationsToJson(service));
  });
  return app;
}

/** The one service of an account. */
export function listServices(c: RestContext): Response {
  return listPage(c, { key: 'services', rows: [c.var.service], toJson: serviceToJson });
}

function readUrl(body: Body, name: string, fallback: string | null): string | null {
  const text = readText(body, name);
  if (text === undefined) return fallback;
  if (text === '') return null;
  if (!/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) throw new TwilioRefusal(20001, name);
  return text;
}

function configurationToJson(service: ChatService) {
  return {
    chat_service_sid: service.account.serviceSid,
    default_conversation_creator_role_sid: roleSidOf(service, 'channel admin'),
    default_conversation_role_sid: roleSidOf(service, 'channel user'),
    default_chat_service_role_sid: roleSidOf(service, 'service user'),
    reachability_enabled: service.state.settings!.isReachabilityEnabled,
    url: urlOf(service, 'Configuration'),
    links: {},
  };
}

function webhooksToJson(service: ChatService) {
  const { preWebhookUrl, postWebhookUrl, filters, method } = service.state.settings!.webhooks;
  return {
    ...ownerOf(service),
    pre_webhook_url: preWebhookUrl,
    post_webhook_url: postWebhookUrl,
    filters,
    method,
    target: 'webhook',
    url: urlOf(service, 'Configuration/Webhooks'),
  };
}

function notificationsToJson(service: ChatService) {
  const push = { ...PUSH_DEFAULTS, ...service.state.settings!.notifications };
  const isOn = (name: string) => push[name]?.toLowerCase() === 'true';
  const section = (name: string) => ({
    enabled: isOn(`${name}.Enabled`),
    template: push[`${name}.Template`],
    sound: push[`${name}.Sound`],
  });
  return {
    ...ownerOf(service),
    log_enabled: isOn('LogEnabled'),
    new_message: {
      ...section('NewMessage'),
      badge_count_enabled: isOn('NewMessage.BadgeCountEnabled'),
      with_media: { enabled: isOn('NewMessage.WithMedia.Enabled'), template: push['NewMessage.WithMedia.Template'] },
    },
    added_to_conversation: section('AddedToConversation'),
    removed_from_conversation: section('RemovedFromConversation'),
    url: urlOf(service, 'Configuration/Notifications'),
  };
}
