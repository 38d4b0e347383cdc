/** Everything that this user writes into a room: one thing after the other, across tabs too, since each payload names the one before it. */
import { bytesToBase64Url, type Card, utf8ToBytes } from '@sotto/core';
import {
  type Audience,
  type ChatPayload,
  type EditPayload,
  encodeBody,
  type MessageContent,
  type MessagePayload,
} from '@sotto/core/chat';
import type { RoomContext } from '../context.ts';
import { chatError } from '../errors.ts';
import { deviceIdOf } from '../kept/device.ts';
import type { ChainPosition, SendingRecord } from '../kept/sending-record.ts';
import { createTaskQueue } from '../queue.ts';
import type { OutgoingMessage, SendOptions, SentMessage } from '../room.ts';
import type { Waiter } from '../waiter.ts';
import { placeBody, requireShort, sealPayload } from './compose.ts';
import { type Delivery, deliver, settlePending } from './deliver.ts';
import { resolveRoster, type Roster } from './roster.ts';
import { sealFiles } from './seal-files.ts';
import { toWellFormed } from './text.ts';

export interface Sender {
  send(message: OutgoingMessage, options: SendOptions): Promise<SentMessage>;
  /** In the format of 2019. */
  sendLegacy(message: OutgoingMessage, options: SendOptions): Promise<SentMessage>;
  edit(edited: EditedMessage, text: string, options: Pick<SendOptions, 'leaveOut'>): Promise<void>;
  /** Finds out about what was in doubt when the room was closed. */
  settle(): Promise<void>;
  /** Resolves when what was begun has ended. */
  idle(): Promise<void>;
}

export interface EditedMessage {
  readonly ref: string;
  readonly index: number;
  /** As it is when its turn comes. */
  current(): MessagePayload | EditPayload;
  /** Told of the new body before the next thing has its turn. */
  stored(body: string): Promise<void>;
}

interface Surroundings {
  readonly wait: Waiter;
  /** The highest index that was seen in the room. */
  readonly newestIndex: () => number;
}

export function createSender(context: RoomContext, { wait, newestIndex }: Surroundings): Sender {
  const { session, transport, room, names } = context;
  const queue = createTaskQueue();
  let ownDevice: Promise<string> | undefined;
  const deviceId = (): Promise<string> => {
    ownDevice ??= deviceIdOf(session, names);
    ownDevice.catch(() => {
      ownDevice = undefined;
    });
    return ownDevice;
  };
  const inTurn = <T>(task: (record: SendingRecord) => Promise<T>): Promise<T> =>
    queue.run(() => session.store.withLock(names.sending, async () => task(await settlePending(context, wait))));
  const randomId = (): string => bytesToBase64Url(session.provider.randomBytes(16));
  const commit = (record: SendingRecord, delivery: Delivery): Promise<number> =>
    deliver(context, { record, delivery, wait, newestIndex: newestIndex() });

  /** What a message and an edit have in common. */
  const seal = async (
    { chain }: SendingRecord,
    roster: Roster,
    payloadFor: (common: {
      id: string;
      device: string;
      n: number;
      prev: string | null;
      audience: Audience;
    }) => ChatPayload,
  ) => {
    const [id, device] = [randomId(), await deviceId()];
    const place = { n: chain.n + 1, prev: chain.prev };
    const sealed = await sealPayload(context, roster, (audience) => payloadFor({ id, device, ...place, audience }));
    return { id, body: sealed.body, next: { ...chain, n: place.n, prev: sealed.digest } satisfies ChainPosition };
  };
  const audienceFacts = ({ leftOut }: Roster, { to = [] }: Audience) => {
    const extra = session.alsoFor.map((card) => ({ identity: card.identity, keyId: nameAmong(to, card) }));
    return {
      extra: extra.length > 0 ? extra : undefined,
      leftOut: leftOut.length > 0 ? leftOut : undefined,
    };
  };

  return {
    send: (message, { leaveOut, signal, onProgress }) =>
      inTurn(async (record) => {
        signal?.throwIfAborted();
        requireContent(message, session.clock());
        const roster = await resolveRoster(context, { leaveOut, signal });
        const { entries, files } = await sealFiles(context, message.files ?? [], { signal, onProgress });
        const { replyTo, expiresAt } = message;
        const content: MessageContent = {
          text: message.text === undefined ? null : toWellFormed(message.text),
          attachments: entries.length > 0 ? entries : undefined,
          replyTo: replyTo?.id === undefined ? undefined : { id: replyTo.id, index: replyTo.index },
          expiresAt: expiresAt?.getTime(),
          secret: randomId(),
        };
        const m = record.chain.m + 1;
        const { id, body, next } = await seal(record, roster, ({ audience, ...common }) => {
          return {
            kind: 'message',
            room,
            sender: session.identity,
            ...common,
            ...audience,
            m,
            ...content,
            ...audienceFacts(roster, audience),
          };
        });
        const placed = await placeBody(context, body);
        const all = [...placed.files, ...files];
        const { attachmentCount } = transport.limits;
        if (all.length > attachmentCount)
          throw chatError('chat/too-many-files', { details: { limit: attachmentCount - placed.files.length } });
        signal?.throwIfAborted();
        const report =
          onProgress && files.length > 0
            ? (done: number, total: number) => onProgress({ phase: 'uploading', done, total })
            : undefined;
        const index = await commit(record, {
          id,
          body: placed.body,
          then: { ...next, m },
          hand: async () =>
            (await transport.send({ payload: placed.body, files: all }, { signal, onProgress: report })).index,
        });
        return { id, index };
      }),

    sendLegacy: ({ text, files, replyTo, expiresAt }, { leaveOut, signal }) =>
      inTurn(async (record) => {
        const what = (files?.length ?? 0) > 0 ? 'files' : replyTo ? 'replyTo' : expiresAt ? 'expiresAt' : undefined;
        if (what) throw chatError('chat/not-supported', { details: { what } });
        if (!text) throw chatError('chat/empty-message');
        const { cards } = await resolveRoster(context, { leaveOut, signal });
        const message = await session.sealLegacy({ plaintext: utf8ToBytes(text), readers: cards });
        const body = requireShort(encodeBody({ form: 'legacy', message }), transport.limits.payloadBytes);
        const hand = async () => (await transport.send({ payload: body, files: [] }, { signal })).index;
        const index = await commit(record, { body, then: record.chain, hand });
        return { id: undefined, index };
      }),

    edit: (edited, text, { leaveOut }) =>
      inTurn(async (record) => {
        if (!transport.can.edit) throw chatError('chat/not-supported', { details: { what: 'edit' } });
        const { ref, index } = edited;
        const payload = edited.current();
        const roster = await resolveRoster(context, { leaveOut });
        const { attachments, replyTo, expiresAt, secret } = payload;
        if (text === '' && !attachments) throw chatError('chat/empty-message');
        const content = { text: toWellFormed(text), attachments, replyTo, expiresAt, secret };
        const isFirst = payload.kind === 'message';
        const of = isFirst ? { id: payload.id, device: payload.device, m: payload.m } : payload.of;
        const revision = isFirst ? 1 : payload.revision + 1;
        const { id, body, next } = await seal(record, roster, ({ audience, ...common }) => {
          return {
            kind: 'edit',
            room,
            sender: session.identity,
            ...common,
            ...audience,
            of,
            revision,
            ...content,
            ...audienceFacts(roster, audience),
          };
        });
        // The transport replaces a text alone: there is no file to move it into.
        const short = requireShort(encodeBody(body), transport.limits.payloadBytes);
        const hand = async () => {
          await transport.edit(ref, short);
          return index;
        };
        await commit(record, { id, body: short, then: next, editAt: index, hand });
        await edited.stored(short);
      }),

    settle: () => inTurn(async () => undefined),
    idle: () => queue.idle(),
  };
}

function requireContent({ text, files, expiresAt }: OutgoingMessage, now: number): void {
  if (!text && (files?.length ?? 0) === 0) throw chatError('chat/empty-message');
  if (expiresAt && !(expiresAt.getTime() > now)) throw chatError('chat/bad-expiry');
}

/** Of the two names of a key that by which the envelope lists it. */
function nameAmong(keyIds: readonly string[], { publicKey }: Card): string {
  const long = bytesToBase64Url(publicKey.identifierSha256);
  return keyIds.includes(long) ? long : bytesToBase64Url(publicKey.identifier);
}
