/**
 * What clients call through their socket: conversations (host aim), Sync (cds) and push registration (ers), told apart by
 * their paths. Standard requests in, responses out.
 */
import { Hono } from 'hono';
import { TwilioRefusal } from '../errors.ts';
import { refuse } from '../refuse.ts';
import { getConfiguration } from './configuration.ts';
import { createConversationRoutes } from './conversations.ts';
import type { TunnelEnv } from './env.ts';
import { createMessageRoutes } from './messages.ts';
import { createParticipantRoutes } from './participants.ts';
import { createSyncRoutes } from './sync.ts';

export function createTunnelApp(onError: (error: unknown) => void): Hono<TunnelEnv> {
  const app = new Hono<TunnelEnv>();
  app.onError((error) => refuse(error, onError));
  app.notFound(() => refuse(new TwilioRefusal(20404), onError));
  app.get('/Client/v2/Configuration', getConfiguration);
  app.route('/Client/v2', createConversationRoutes());
  app.route('/Client/v2', createParticipantRoutes());
  app.route('/Client', createMessageRoutes());
  app.route('/', createSyncRoutes());
  // Nothing is pushed, but a client that registers for it goes on.
  app.post('/v1/registrations', (c) => c.json({}, 201));
  app.delete('/v1/registrations/*', (c) => c.body(null, 204));
  return app;
}
