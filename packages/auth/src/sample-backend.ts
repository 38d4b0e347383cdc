/**
 * The sample backend of the article: who asks for a name gets its tokens. It shows an app's developer which routes the
 * client needs; a real backend keeps the routes and puts its own sign-in before them.
 */
import { bytesToUtf8, isSdkError } from '@sotto/core';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { AUTH_ERRORS, type AuthErrorCode, authError, isAuthErrorCode } from './errors.ts';
import { parseIdentity } from './identity.ts';
import type { TokenIssuer } from './issue.ts';
import { createSessions } from './session.ts';
import { isMadeUpTwilioSid, issueTwilioToken, type TwilioAccount } from './twilio.ts';

const MAX_BODY_BYTES = 16 * 1024;

const ROUTES = `The sample backend of Sotto. It signs in anyone: for development only.

POST /authenticate  {"identity": "alice"}             -> {"authToken"}
GET  /virgil-jwt    Authorization: Bearer <authToken> -> {"virgilToken"}
GET  /twilio-jwt    Authorization: Bearer <authToken> -> {"twilioToken"}
GET  /config        what a page needs to know: addresses and the service's public key
`;

export interface SampleBackendOptions {
  readonly issuer: TokenIssuer;
  /** 32 random bytes that sign the authTokens. */
  readonly sessionSecret: Uint8Array;
  /** Without it `/twilio-jwt` answers 404. */
  readonly twilio?: TwilioAccount;
  /** Origin of the emulator that stands for Twilio, by HTTP. Handed to pages, as the address of its socket, where the account is made up. */
  readonly twilioEmulatorUrl?: string;
  /** Handed to pages by `/config`. */
  readonly apiUrl?: string;
  readonly servicePublicKey?: string;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly now?: () => number;
  /** Takes what became a 500; `console.error` by default. */
  readonly logError?: (error: unknown) => void;
}

/** The backend as a Hono app: `app.fetch` takes a standard `Request`, whatever serves it. */
export function createSampleBackend(options: SampleBackendOptions): Hono {
  const { issuer, sessionSecret, twilio, apiUrl, servicePublicKey, now = Date.now, logError = console.error } = options;
  const sessions = createSessions({ secret: sessionSecret, now });
  const identify = (c: Context) => sessions.identify(c.req.header('Authorization'));

  const app = new Hono();
  app.onError((error, c) => {
    if (isSdkError(error) && isAuthErrorCode(error.code)) return refuse(c, error.code);
    logError(error);
    return refuse(c, 'auth/internal');
  });
  app.notFound((c) => refuse(c, 'auth/unknown-route'));
  app.use(
    cors({ origin: '*', allowMethods: ['GET', 'POST'], allowHeaders: ['Authorization', 'Content-Type'], maxAge: 600 }),
  );
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        c.header('Allow', methods.join(', '));
        return refuse(c, 'auth/wrong-method');
      },
    }),
  );
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => refuse(c, 'auth/body-too-large') }));
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });

  app.get('/', (c) => c.text(ROUTES));

  app.post('/authenticate', async (c) => {
    const { identity } = await readBody(c);
    return c.json({ authToken: await sessions.open(parseIdentity(identity)) });
  });

  app.get('/virgil-jwt', async (c) => c.json({ virgilToken: await issuer.issue(await identify(c)) }));

  app.get('/twilio-jwt', async (c) => {
    const identity = await identify(c);
    if (twilio === undefined) throw authError('auth/no-twilio');
    return c.json({ twilioToken: await issueTwilioToken(twilio, { identity, issuedAt: Math.floor(now() / 1000) }) });
  });

  app.get('/config', (c) =>
    c.json({
      apiUrl,
      servicePublicKey,
      backendUrl: new URL(c.req.url).origin,
      twilio: twilio && describeTwilio(twilio, options.twilioEmulatorUrl),
    }),
  );

  return app;
}

/** Where a page finds the chat: `twilsock` is what Twilio's client takes to go elsewhere than to Twilio. */
function describeTwilio({ accountSid, serviceSid }: TwilioAccount, emulatorUrl: string | undefined) {
  const emulated = isMadeUpTwilioSid(accountSid);
  if (!emulated || emulatorUrl === undefined) return { emulated, serviceSid };
  return { emulated, serviceSid, twilsock: { uri: `${emulatorUrl.replace(/^http/, 'ws')}/v3/wsconnect` } };
}

/** The JSON object in the body, whatever its Content-Type. Decoded strictly: a lenient reader makes two names one. */
async function readBody(c: Context): Promise<Record<string, unknown>> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  try {
    const body: unknown = JSON.parse(bytesToUtf8(bytes));
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  } catch (cause) {
    throw authError('auth/malformed-body', { cause });
  }
  throw authError('auth/malformed-body');
}

/** Answers with the code's row of the table; what the table does not serve is our fault, and stays inside. */
function refuse(c: Context, code: AuthErrorCode): Response {
  const { message, status = 500 } = AUTH_ERRORS[code];
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  return c.json({ code, message }, status);
}
