/** Bob, whom a visitor of the demo can talk to: a user with a key of his own, on Twilio's official client, in the rooms that he is added to and in `welcome`. */
import {
  type ClientLike,
  type DecryptedMessage,
  type EncryptedClient,
  encryptedClient,
  type EncryptedConversation,
} from '@sotto/chat-twilio';
import type { DemoDevice } from '../../demo-device.ts';
import { connectTwilio } from './connect.ts';
import { createTalk, type Talk } from './talk.ts';
import { welcomeTo } from './words.ts';

export const WELCOME_ROOM = 'welcome';

export interface PeerOptions {
  readonly device: Pick<DemoDevice, 'eThree' | 'fetchTwilioToken'>;
  /** Of the emulator's sockets. */
  readonly uri: string;
  /** How long he seems to type. */
  readonly pauseMs?: number;
  readonly signal: AbortSignal;
  readonly onTrouble: (error: unknown) => void;
}

export interface Peer {
  readonly identity: string;
  /** Lets somebody into the welcome room, and gives back its SID. */
  welcome(identity: string): Promise<string>;
  close(): Promise<void>;
}

const PAUSE_MS = 700;
/** What is under way may end; the program does not wait for it longer. */
const GRACE_MS = 1000;

export async function startPeer(options: PeerOptions): Promise<Peer> {
  const { device, uri, signal, onTrouble, pauseMs = PAUSE_MS } = options;
  const { eThree } = device;
  const client = await connectTwilio({ fetchToken: device.fetchTwilioToken, uri });
  const encrypted = encryptedClient(client, eThree, { onUnknownMember: () => 'leave-out' });
  const talks = new Map<string, Talk>();
  const talkIn = (room: EncryptedConversation): Talk => {
    const talk = talks.get(room.sid) ?? createTalk({ room, eThree, pauseMs, signal, onTrouble });
    talks.set(room.sid, talk);
    return talk;
  };
  encrypted.on('conversationJoined', (room) => talkIn(room).greet());
  encrypted.on('messageAdded', (message: DecryptedMessage) => talkIn(message.conversation).hear(message));
  encrypted.on('conversationLeft', ({ sid }) => talks.delete(sid));
  encrypted.on('conversationRemoved', ({ sid }) => talks.delete(sid));
  encrypted.on('trouble', onTrouble);

  const close = () => shutDown(encrypted, client);
  try {
    const room = await openWelcomeRoom(encrypted);
    return {
      identity: eThree.identity,
      async welcome(identity) {
        if (await isMember(room, identity)) return room.sid;
        try {
          await room.addParticipant(identity);
        } catch (error) {
          // Somebody may have asked twice.
          if (await isMember(room, identity)) return room.sid;
          throw error;
        }
        talkIn(room).say(welcomeTo(identity));
        return room.sid;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openWelcomeRoom(client: EncryptedClient): Promise<EncryptedConversation> {
  try {
    return await client.getConversationByUniqueName(WELCOME_ROOM);
  } catch {
    // Not there yet, or not for bob; in the second case Twilio refuses this, too.
    const room = await client.createConversation({ uniqueName: WELCOME_ROOM, friendlyName: 'Welcome' });
    return room.join();
  }
}

async function isMember(room: EncryptedConversation, identity: string): Promise<boolean> {
  return (await room.members()).some((member) => member.identity === identity);
}

async function shutDown(encrypted: EncryptedClient, client: ClientLike): Promise<void> {
  let impatience: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    impatience = setTimeout(resolve, GRACE_MS);
  });
  await Promise.race([encrypted.shutdown(), patience]).catch(() => client.shutdown());
  clearTimeout(impatience);
}
