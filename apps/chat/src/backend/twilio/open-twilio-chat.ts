/** `ChatService` over the official Twilio SDK: `encryptedClient` does the encryption, this file the rooms and the connection. */
import { encryptedClient, type EncryptedClient } from '@sotto/chat-twilio';
import type { EThree } from '@sotto/e3kit';
import { Client, type ConnectionState } from '@twilio/conversations';
import type { ChatService, Connection, Room } from '../../state/chat-service.ts';
import { createStore } from '../../state/store.ts';
import { askResident, type BackendConfig, type BackendUser } from '../backend-client.ts';
import { BackendError } from '../backend-error.ts';
import { createTwilioRoom, type TwilioHandle } from './twilio-room.ts';

export interface TwilioChatOptions {
  readonly eThree: EThree;
  readonly user: BackendUser;
  readonly twilio: BackendConfig['twilio'];
}

/** @throws BackendError */
export async function openTwilioChat({ eThree, user, twilio }: TwilioChatOptions): Promise<ChatService> {
  if (twilio === undefined) throw new BackendError('It has no Twilio account, and no emulator runs in its place.');
  const token = await user.twilioToken();
  const client = new Client(token, twilio.twilsock ? { Twilsock: { uri: twilio.twilsock.uri } } : {});
  const connection = watchConnection(client);
  renewTokens(client, user);
  await started(client);

  const encrypted = encryptedClient(client, eThree);
  const rooms = createStore<readonly Room[] | undefined>(undefined);
  const openRooms = new Map<string, Room & { close(): void }>();
  const show = (): void => rooms.set([...openRooms.values()]);
  const add = (handle: TwilioHandle): Room => {
    const known = openRooms.get(handle.sid);
    if (known) return known;
    const room = createTwilioRoom(handle, eThree.identity);
    openRooms.set(handle.sid, room);
    show();
    return room;
  };
  const remove = ({ sid }: TwilioHandle): void => {
    openRooms.get(sid)?.close();
    openRooms.delete(sid);
    show();
  };
  // A room of this user's making is shown when all its members are in it, and not while they come in one by one.
  const inTheMaking = new Set<string>();
  encrypted.on('conversationJoined', (handle) => {
    if (!inTheMaking.has(handle.sid)) add(handle);
  });
  encrypted.on('conversationLeft', remove);
  encrypted.on('conversationRemoved', remove);
  for (const handle of await listJoined(encrypted)) add(handle);
  show();

  return {
    identity: eThree.identity,
    isEmulated: twilio.emulated,
    connection,
    rooms,
    // Only the emulator's backend has a resident; elsewhere the question would be an error in the console.
    askIn: async () => twilio.emulated && askResident(eThree.identity),
    async createRoom({ members }) {
      const handle = await encrypted.createConversation();
      inTheMaking.add(handle.sid);
      try {
        await handle.join();
        for (const identity of members) await handle.addParticipant(identity);
      } finally {
        inTheMaking.delete(handle.sid);
      }
      return add(handle);
    },
    async close() {
      for (const room of openRooms.values()) room.close();
      await encrypted.shutdown();
    },
  };
}

/** Resolves once the client is connected. Of its two failures the first says nothing; `connectionError` before it has the reason. */
function started(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('initialized', () => resolve());
    client.once('initFailed', ({ error }) => {
      const reason = error?.message ?? 'it refused the connection';
      reject(new BackendError(`The chat service cannot be reached: ${reason}. Is the emulator running?`));
    });
  });
}

async function listJoined(client: EncryptedClient<Client>): Promise<readonly TwilioHandle[]> {
  const handles: TwilioHandle[] = [];
  for (let page = await client.getSubscribedConversations(); ; page = await page.nextPage()) {
    handles.push(...page.items.filter(({ status }) => status === 'joined'));
    if (!page.hasNextPage) return handles;
  }
}

function renewTokens(client: Client, user: BackendUser): void {
  const renew = (): void => {
    // Fails while the backend is away. The SDK asks again before the token ends, and says so when it has ended.
    void user
      .twilioToken()
      .then((token) => client.updateToken(token))
      .catch(() => undefined);
  };
  client.on('tokenAboutToExpire', renew);
  client.on('tokenExpired', renew);
}

const CONNECTIONS: Readonly<Record<ConnectionState, Connection>> = {
  unknown: 'connecting',
  connecting: 'connecting',
  retrying: 'offline',
  connected: 'online',
  disconnecting: 'offline',
  disconnected: 'offline',
  error: 'offline',
  denied: 'ended',
};

function watchConnection(client: Client) {
  const connection = createStore<Connection>('connecting');
  const judge = (state: ConnectionState): void => {
    const isTryingAgain = state === 'connecting' && connection.get() === 'offline';
    connection.set(isTryingAgain ? 'offline' : CONNECTIONS[state]);
  };
  client.on('connectionStateChanged', judge);
  // A network that is gone is known at once; the socket would find out after half a minute.
  window.addEventListener('offline', () => connection.set('offline'));
  window.addEventListener('online', () => judge(client.connectionState));
  return connection;
}
