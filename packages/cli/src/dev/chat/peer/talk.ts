/** Bob in one room: he says hello, reads what comes, and answers it, one message after the other. */
import { setTimeout as wait } from 'node:timers/promises';
import type { DecryptedMessage, EncryptedConversation } from '@sotto/chat-twilio';
import { isSdkError } from '@sotto/core';
import type { EThree } from '@sotto/e3kit';
import { acceptKeys, leavingOut, say } from './say.ts';
import { answerTo, HELLO, type Heard, SLIP } from './words.ts';

export interface TalkOptions {
  readonly room: EncryptedConversation;
  readonly eThree: EThree;
  /** How long bob seems to type. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
  readonly onTrouble: (error: unknown) => void;
}

export interface Talk {
  /** Unless he has spoken here before. Then answers what was there when he came. */
  greet(): void;
  say(text: string): void;
  /** A message that has just come. */
  hear(message: DecryptedMessage): void;
}

/** Against another program that answers everything: people write less. */
const MAX_ANSWERS = 12;
const PER_MS = 60_000;

const MAX_OPENED_BYTES = 25 * 1024 * 1024;
const REACTIONS = ['👍', '🔒', '🎉'] as const;

export function createTalk(options: TalkOptions): Talk {
  const { room, eThree, pauseMs, signal, onTrouble } = options;
  const heard = new Set<string>();
  const answeredAt: number[] = [];
  let answered = 0;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = (task: () => Promise<unknown>): void => {
    last = last.then(task).catch((error: unknown) => {
      if (!signal.aborted) onTrouble(error);
    });
  };

  async function answer(message: DecryptedMessage): Promise<void> {
    if (heard.has(message.sid)) return;
    heard.add(message.sid);
    if (message.author === eThree.identity) return correctSlip(message);
    await tryWithNewKey(message);
    if (message.verification.state !== 'verified' || !(await isKnown(message))) return;
    await room.advanceLastReadMessageIndex(message.index);
    await acceptReadersOf(message);
    if (!takeTurn()) return;

    await room.typing();
    await wait(pauseMs, undefined, { signal });
    if (answered % 3 === 1) await message.react(REACTIONS[message.index % REACTIONS.length]!);
    await say(room, eThree, answerTo(await listenTo(message)));
    answered += 1;
  }

  async function correctSlip(message: DecryptedMessage): Promise<void> {
    const { text, edited, verification } = message;
    if (edited || verification.state !== 'verified' || !text?.includes(SLIP.written)) return;
    await wait(pauseMs, undefined, { signal });
    const corrected = text.replace(SLIP.written, SLIP.meant);
    await leavingOut(eThree, (leaveOut) => message.edit(corrected, { leaveOut }));
  }

  /** Somebody who started anew on another device: bob takes the new key. */
  async function tryWithNewKey(message: DecryptedMessage): Promise<void> {
    const { verification, author } = message;
    if (verification.state !== 'failed' || verification.reason !== 'key-not-accepted' || author === null) return;
    await acceptKeys(eThree, [author]);
    await message.retry();
  }

  /** Whom a member that bob knows writes to, bob knows as well. Whoever was only added, nobody has spoken for. */
  async function acceptReadersOf({ readers }: DecryptedMessage): Promise<void> {
    const members = await room.members();
    const unknown = members.flatMap(({ identity, state }) =>
      state === 'unknown' && identity !== null ? identity : [],
    );
    for (const { identity } of readers) {
      if (identity !== undefined && unknown.includes(identity)) await room.acceptMember(identity);
    }
  }

  async function isKnown({ author }: DecryptedMessage): Promise<boolean> {
    return (await room.members()).some(({ identity, state }) => identity === author && state === 'ready');
  }

  function takeTurn(): boolean {
    const now = Date.now();
    while (answeredAt[0] !== undefined && answeredAt[0] <= now - PER_MS) answeredAt.shift();
    if (answeredAt.length >= MAX_ANSWERS) return false;
    answeredAt.push(now);
    return true;
  }

  async function listenTo(message: DecryptedMessage): Promise<Heard> {
    const { text, readers, author, verification, replyTo, expiresAt, raw } = message;
    return {
      text,
      files: await Promise.all(message.attachments.map(openFile)),
      wireLength: raw.body?.length ?? 0,
      readers: readers.flatMap(({ identity }) => identity ?? []),
      sender: author ?? '',
      isSenderVerified: verification.state === 'verified' && verification.senderVerified,
      isReply: replyTo !== undefined,
      expiresAt,
      answered,
    };
  }

  return {
    greet: () =>
      inTurn(async () => {
        const { items } = await room.getMessages(30);
        if (items.some(({ author }) => author === eThree.identity)) return;
        await say(room, eThree, HELLO);
        // Whoever is quick has written something by now, of which bob is told by nobody else.
        for (const message of items) await answer(message);
      }),
    say: (text) => inTurn(() => say(room, eThree, text)),
    hear: (message) => inTurn(() => answer(message)),
  };
}

async function openFile(file: DecryptedMessage['attachments'][number]): Promise<Heard['files'][number]> {
  const { name, size } = file;
  if (size > MAX_OPENED_BYTES) return { name, bytes: 'unopened' };
  try {
    return { name, bytes: (await file.bytes()).length };
  } catch (error) {
    if (isSdkError(error, 'chat/media-swapped')) return { name, bytes: 'swapped' };
    throw error;
  }
}
