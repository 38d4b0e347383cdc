/** Somebody at the demo without a page: the same client in Node, for what would take too long by hand. */
import { type EncryptedClient, encryptedClient } from '@sotto/chat-twilio';
import { createMemoryCardCache, createMemoryGroupStore, createMemoryKeyStore, EThree } from '@sotto/e3kit';
import twilio from '@twilio/conversations';
import type { Demo } from './demo.ts';

export interface Visitor {
  readonly client: EncryptedClient;
  leave(): Promise<void>;
}

export async function openVisitor(demo: Demo, identity: string): Promise<Visitor> {
  const { authToken } = await ask(`${demo.url}/authenticate`, { method: 'POST', body: JSON.stringify({ identity }) });
  const headers = { Authorization: `Bearer ${authToken}` };
  const fetchToken = async (kind: 'virgil' | 'twilio'): Promise<string> =>
    (await ask(`${demo.url}/${kind}-jwt`, { headers }))[`${kind}Token`]!;
  const eThree = await EThree.initialize(() => fetchToken('virgil'), {
    apiUrl: demo.apiUrl,
    servicePublicKey: demo.servicePublicKey,
    keyStore: createMemoryKeyStore(),
    cardCache: createMemoryCardCache(),
    groupStore: createMemoryGroupStore(),
  });
  await eThree.register();
  const raw = new twilio.Client(await fetchToken('twilio'), { Twilsock: { uri: demo.twilsockUrl } } as object);
  await new Promise<void>((resolve, reject) => {
    raw.on('initialized', resolve);
    raw.on('initFailed', ({ error }) => reject(error ?? new Error('the emulator refused to connect')));
  });
  const client = encryptedClient(raw, eThree);
  return { client, leave: () => client.shutdown() };
}

/** A room of the visitor with somebody who has a key, filled with `count` messages that are numbered from 1. */
export async function fillRoom(
  { client }: Visitor,
  { other, title, count }: { readonly other: string; readonly title: string; readonly count: number },
): Promise<void> {
  const room = await (await client.createConversation()).join();
  await room.addParticipant(other);
  await room.setTitle(title);
  for (let number = 1; number <= count; number += 1) await room.sendMessage(numberedText(number));
}

/** Of many heights, so that a list that guesses them is put to the test. */
export function numberedText(number: number): string {
  const more = 'and on it goes '.repeat((number * 7) % 23);
  return number % 50 === 7 ? `Message ${number}:\nline two\nline three` : `Message ${number}: ${more}`.trim();
}

async function ask(url: string, init: RequestInit): Promise<Record<string, string>> {
  return (await (await fetch(url, init)).json()) as Record<string, string>;
}
