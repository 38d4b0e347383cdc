/** Twilio's own client, which is loaded when it is needed, connected to the emulator. Whoever connects shuts it down: its timers keep Node alive. */
import type { ClientLike } from '@sotto/chat-twilio';
import { demoError } from '../errors.ts';

export interface ConnectOptions {
  readonly fetchToken: () => Promise<string>;
  /** Of the emulator's sockets. */
  readonly uri: string;
}

type ClientClass = new (token: string, options: { readonly Twilsock: { readonly uri: string } }) => ClientLike;

/** @throws `demo/no-twilio-sdk`, and what the client gives as the reason of its failure */
export async function connectTwilio({ fetchToken, uri }: ConnectOptions): Promise<ClientLike> {
  const Client = await loadClient();
  const client = new Client(await fetchToken(), { Twilsock: { uri } });
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('initialized', resolve);
      client.on('initFailed', ({ error }: { error?: Error }) =>
        reject(error ?? new Error('Twilio refused to connect')),
      );
    });
  } catch (error) {
    await client.shutdown();
    throw error;
  }
  // Fails while the backend is away; the client asks again before the token ends.
  const renew = (): void =>
    void fetchToken().then(
      (token) => client.updateToken(token),
      () => undefined,
    );
  client.on('tokenAboutToExpire', renew);
  client.on('tokenExpired', renew);
  return client;
}

async function loadClient(): Promise<ClientClass> {
  try {
    return (await import('@twilio/conversations')).Client;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw demoError('demo/no-twilio-sdk', { cause });
  }
}
