/** The REST API v1 as the official `twilio` helper calls it, with basic authentication. */
import { Hono } from 'hono';
import type { Account } from '../accounts.ts';
import { findByPassword } from '../accounts.ts';
import type { ChatService } from '../conversations/service.ts';
import { TwilioRefusal } from '../errors.ts';
import type { Hooks } from '../webhooks/hooks.ts';
import { createConfigurationRoutes, listServices } from './configuration.ts';
import { createConversationRoutes } from './conversations.ts';
import type { RestEnv } from './env.ts';
import { createMessageRoutes } from './messages.ts';
import { serviceToJson } from './represent.ts';
import { createUserRoutes } from './users.ts';

export interface RestOptions {
  readonly accounts: readonly Account[];
  readonly serviceOf: (account: Account) => ChatService;
  readonly hooksOf: (service: ChatService) => Hooks;
}

/** To be mounted at `/v1`. A path without a service means the account's only one. */
export function createRestApp({ accounts, serviceOf, hooksOf }: RestOptions): Hono<RestEnv> {
  const resources = new Hono<RestEnv>();
  resources.route('/', createConversationRoutes());
  resources.route('/', createMessageRoutes());
  resources.route('/', createUserRoutes());
  resources.route('/', createConfigurationRoutes());

  const app = new Hono<RestEnv>();
  app.use(async (c, next) => {
    const service = serviceOf(authenticate(accounts, c.req.header('Authorization')));
    c.set('service', service);
    c.set('hooks', hooksOf(service));
    c.set('actor', { kind: 'api', isToldToWebhooks: c.req.header('X-Twilio-Webhook-Enabled') === 'true' });
    await next();
  });
  app.use('/Services/:serviceSid/*', async (c, next) => {
    if (c.req.param('serviceSid') !== c.var.service.account.serviceSid) throw new TwilioRefusal(20404);
    await next();
  });
  app.get('/Services', listServices);
  app.get('/Services/:serviceSid', (c) => c.json(serviceToJson(c.var.service)));
  app.route('/Services/:serviceSid', resources);
  app.route('/', resources);
  return app;
}

/** @throws TwilioRefusal 20003 */
export function authenticate(accounts: readonly Account[], header: string | undefined): Account {
  const encoded = /^Basic ([\w+/=]{1,1000})$/i.exec(header ?? '')?.[1];
  const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  const account = findByPassword(accounts, name ?? '', password ?? '');
  if (!account) throw new TwilioRefusal(20003);
  return account;
}
