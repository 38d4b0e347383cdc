/** The app's own backend: signs in, issues tokens, says where service and Twilio are. A real one asks for more than a name. */
import { BackendError } from './backend-error.ts';

export interface BackendConfig {
  readonly apiUrl: string;
  readonly servicePublicKey: string;
  readonly twilio?:
    | {
        readonly emulated: boolean;
        readonly serviceSid: string;
        /** Where the emulator listens. */
        readonly twilsock?: { readonly uri: string } | undefined;
      }
    | undefined;
}

export interface BackendUser {
  virgilToken(): Promise<string>;
  twilioToken(): Promise<string>;
}

export async function fetchConfig(): Promise<BackendConfig> {
  return (await request('/config')) as BackendConfig;
}

export async function signInAtBackend(identity: string): Promise<BackendUser> {
  const authenticate = async (): Promise<string> => {
    const body = JSON.stringify({ identity });
    const headers = { 'Content-Type': 'application/json' };
    return ((await request('/authenticate', { method: 'POST', body, headers })) as { authToken: string }).authToken;
  };
  let authToken = await authenticate();
  const askWithToken = (path: string): Promise<unknown> =>
    request(path, { headers: { Authorization: `Bearer ${authToken}` } });
  const ask = async (path: string): Promise<unknown> => {
    try {
      return await askWithToken(path);
    } catch (error) {
      if (!(error instanceof BackendError) || error.status !== 401) throw error;
      authToken = await authenticate();
      return askWithToken(path);
    }
  };
  return {
    virgilToken: async () => ((await ask('/virgil-jwt')) as { virgilToken: string }).virgilToken,
    twilioToken: async () => ((await ask('/twilio-jwt')) as { twilioToken: string }).twilioToken,
  };
}

/** Has the demo's resident let this user in. False where nobody receives newcomers, as over the real Twilio. */
export async function askResident(identity: string): Promise<boolean> {
  const body = JSON.stringify({ identity });
  const headers = { 'Content-Type': 'application/json' };
  try {
    await request('/demo/welcome', { method: 'POST', body, headers });
    return true;
  } catch {
    return false;
  }
}

async function request(path: string, init?: RequestInit): Promise<unknown> {
  const answer = await fetch(path, init).catch((cause: unknown) => {
    throw new BackendError('Is sotto dev still running? Start it with npm start, then try again.', { cause });
  });
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok && body !== undefined) return body;
  throw new BackendError(readMessage(body) ?? `It answered with status ${answer.status}.`, { status: answer.status });
}

function readMessage(body: unknown): string | undefined {
  const isRefusal = typeof body === 'object' && body !== null && 'message' in body;
  return isRefusal && typeof body.message === 'string' ? body.message : undefined;
}
