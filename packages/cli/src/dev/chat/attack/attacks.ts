/** The attacks, each as one function: what an evil chat service does through the emulator's control, an evil key service to cards. */
import { randomBytes } from 'node:crypto';
import type { ChatSession } from '@sotto/chat';
import type { Control, StoredRoom, StoredRoomMessage } from '@sotto/twilio-emulator';
import { demoError } from '../errors.ts';
import type { KeyService } from '../key-service.ts';
import type { AttackAnswer, AttackName, AttackRequest } from './contract.ts';
import { forgeEnvelope } from './forge-envelope.ts';

export interface AttackParts {
  readonly control: Control;
  readonly keyService: Pick<KeyService, 'swapCard' | 'stop'>;
  /** A user who makes envelopes for the chat service to lie about. Registered when this resolves. */
  readonly mallory: () => Promise<ChatSession>;
}

export type Attacks = Readonly<Record<AttackName, (request: AttackRequest) => Promise<AttackAnswer>>>;

/** Reserved for tests: nobody has it. */
const TELEPHONE = { address: '+15005550006', proxyAddress: '+15005550001' };

/** Each throws `demo/*`, and what the emulator throws. */
export function createAttacks({ control, keyService, mallory }: AttackParts): Attacks {
  /** SIDs of the members that were added here, by room. */
  const added = new Map<string, Set<string>>();

  const readMessage = async ({ room, message }: AttackRequest): Promise<StoredRoomMessage> => {
    const sid = need(message);
    const found = (await control.inspect(room)).messages.find((stored) => stored.sid === sid);
    if (!found) throw demoError('demo/unknown-target');
    return found;
  };
  const add = (room: string, who: Parameters<Control['addParticipant']>[1]): AttackAnswer => {
    const sid = control.addParticipant(room, who);
    added.set(room, (added.get(room) ?? new Set()).add(sid));
    return { member: { sid, identity: 'identity' in who ? who.identity : null } };
  };
  const forge = (room: string, author: string, body: string): AttackAnswer =>
    toAnswer(control.forgeMessage({ conversationSid: room, author, body }));

  return {
    async 'forge-author'({ room, author, text }) {
      const { participants } = await control.inspect(room);
      const members = participants.flatMap(({ identity }) => identity ?? []);
      const forgery = { room, author: need(author), text: need(text), members };
      return forge(room, forgery.author, await forgeEnvelope(await mallory(), forgery));
    },

    'forge-plaintext': async ({ room, author, text }) => forge(room, need(author), need(text)),

    replay: async (request) => toAnswer(await control.replayMessage((await readMessage(request)).sid)),

    async 'replay-elsewhere'(request) {
      const into = need(request.into);
      return toAnswer(await control.replayMessage((await readMessage(request)).sid, into));
    },

    async edit(request) {
      const { sid, body } = await readMessage(request);
      return toAnswer(control.editMessage(sid, { body: changeOneByte(body ?? '') }));
    },

    async 'roll-back'(request) {
      const { sid } = await readMessage(request);
      const body = control.formerBodyOf(sid);
      if (body === undefined) throw demoError('demo/never-edited');
      return toAnswer(control.editMessage(sid, { body }));
    },

    async 'swap-media'(request) {
      const message = await readMessage(request);
      const media = message.media[0];
      if (!media) throw demoError('demo/no-file');
      await control.swapMedia(media.sid, randomBytes(media.size));
      return toAnswer(message);
    },

    async drop(request) {
      const message = await readMessage(request);
      control.eraseMessage(message.sid);
      return toAnswer(message);
    },

    async 'silent-reader'({ room, reader }) {
      const identity = need(reader);
      // Nobody writes to whom nobody can write to.
      await mallory();
      requireAbsent(await control.inspect(room), (member) => member.identity === identity);
      return add(room, { identity });
    },

    async 'sms-member'({ room }) {
      requireAbsent(await control.inspect(room), ({ type }) => type === 'sms');
      return add(room, TELEPHONE);
    },

    async 'swap-card'({ identity }) {
      keyService.swapCard(need(identity));
      return {};
    },

    async stop({ room }) {
      keyService.stop();
      const present = new Set((await control.inspect(room)).participants.map(({ sid }) => sid));
      for (const sid of added.get(room) ?? []) if (present.has(sid)) control.removeParticipant(room, sid);
      added.delete(room);
      return {};
    },
  };
}

function need(field: string | undefined): string {
  if (field === undefined || field === '') throw demoError('demo/missing-field');
  return field;
}

function requireAbsent(
  { participants }: StoredRoom,
  isThatOne: (member: StoredRoom['participants'][number]) => boolean,
) {
  if (participants.some(isThatOne)) throw demoError('demo/already-member');
}

/** In the last quarter: of an envelope, that is the encrypted text, which a check of the whole will find changed. */
function changeOneByte(body: string): string {
  const at = Math.floor(body.length * 0.75);
  return `${body.slice(0, at)}${body[at] === 'A' ? 'B' : 'A'}${body.slice(at + 1)}`;
}

function toAnswer({ sid, index }: { readonly sid: string; readonly index: number }): AttackAnswer {
  return { message: { sid, index } };
}
