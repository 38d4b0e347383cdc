/** The HTTP side: REST API, media and control under one origin, open to pages of any other, with everything noted that comes in. */
import type { IncomingMessage } from 'node:http';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { TwilioRefusal } from './errors.ts';
import type { Limits } from './limits.ts';
import { refuse } from './refuse.ts';
import type { RestEnv } from './rest/env.ts';
import type { SeenLog } from './seen.ts';
import type { Faults } from './sockets/faults.ts';
import type { TokenChecker } from './token.ts';

/** Of a form around a file. */
const FORM_OVERHEAD_BYTES = 64 * 1024;

const GREETING = `Sotto's emulator of Twilio Conversations. For development and tests on this machine; never production; not Twilio.

Clients      new Client(token, { Twilsock: { uri: "ws://<this address>/v3/wsconnect" } })
REST helper  twilio(apiKey, apiSecret, { accountSid, httpClient: createEmulatorHttpClient("http://<this address>") })
`;

/** What `@hono/node-server` brings along. */
interface HttpEnv {
  Bindings: { readonly incoming: IncomingMessage };
}

export interface HttpOptions {
  readonly apps: { readonly rest: Hono<RestEnv>; readonly media: Hono; readonly control: Hono };
  readonly limits: Limits;
  readonly tokens: TokenChecker;
  readonly faults: Faults;
  /** Whether a test has the service be away. */
  readonly isDown: () => boolean;
  readonly seen: SeenLog;
  readonly clock: () => number;
  readonly onError: (error: unknown) => void;
}

export function createHttpApp(options: HttpOptions): Hono<HttpEnv> {
  const { apps, limits, onError } = options;
  const app = new Hono<HttpEnv>();
  app.onError((error) => refuse(error, onError));
  app.notFound(() => refuse(new TwilioRefusal(20404), onError));
  app.use(
    cors({
      origin: '*',
      allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
      allowHeaders: ['Authorization', 'Content-Type', 'X-Twilio-Token', 'X-Twilio-Webhook-Enabled'],
      maxAge: 600,
    }),
  );
  const tooLarge = (code: 20001 | 50512) => () => refuse(new TwilioRefusal(code, 'the body is too large'), onError);
  const limitMedia = bodyLimit({ maxSize: limits.mediaBytes + FORM_OVERHEAD_BYTES, onError: tooLarge(50512) });
  const limitRest = bodyLimit({ maxSize: limits.requestBytes, onError: tooLarge(20001) });
  app.use((c, next) => (isUpload(c) ? limitMedia(c, next) : limitRest(c, next)));
  // The control is not part of what Twilio would see, and stays when the rest goes wrong.
  app.route('/emulator/control', apps.control);
  app.use((c, next) => meddle(c, { ...options, next }));
  app.get('/', (c) => c.text(GREETING));
  app.route('/', apps.media);
  app.route('/v1', apps.rest);
  return app;
}

function isUpload(c: Context): boolean {
  return c.req.method === 'POST' && /^\/v1\/Services\/\w+\/Media$/.test(c.req.path);
}

/** Notes what came in, and lets go wrong what a test wants to. */
async function meddle(
  c: Context<HttpEnv>,
  options: HttpOptions & { readonly next: () => Promise<void> },
): Promise<Response | void> {
  const { tokens, faults, isDown, onError, next } = options;
  const token = c.req.header('X-Twilio-Token');
  const from =
    token === undefined
      ? null
      : await tokens.check(token).then(
          ({ identity }) => identity,
          () => null,
        );
  await note(c, { ...options, from });
  if (isDown()) return refuse(new TwilioRefusal(20503), onError);
  const fault = faults.take({ identity: from ?? '', method: c.req.method, path: c.req.path });
  if (fault.status !== undefined) return Response.json(new TwilioRefusal(20503).toBody(), { status: fault.status });
  await next();
  await fault.gate;
  if (fault.isReplyLost) c.env.incoming.socket.destroy();
}

async function note(c: Context, { seen, clock, from }: HttpOptions & { readonly from: string | null }): Promise<void> {
  const { pathname, search } = new URL(c.req.url);
  const headers = Object.entries(c.req.header()).map(([name, value]) => `${name}: ${value}`);
  const head = [`${c.req.method} ${pathname}${search}`, ...headers, '', ''].join('\r\n');
  const body = new Uint8Array(await c.req.arrayBuffer());
  seen.note({ at: clock(), from, channel: 'http', bytes: Buffer.concat([Buffer.from(head), body]) });
}
