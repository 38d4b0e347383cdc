import type { RoomMember } from '@sotto/chat';
import { describe, expect, it } from 'vitest';
import { attachmentWith, messageWith, verifiedBy } from '../../test-kit.ts';
import { ATTACKS, type AttackScene, planAttack } from './attacks.ts';
import { ATTACK_NAMES } from './contract.ts';

const member = (identity: string): RoomMember => ({ ref: identity, identity, state: 'ready', isVerified: false });
const scene = (fields: Partial<AttackScene> = {}): AttackScene => ({
  room: 'room',
  self: 'alice',
  messages: [],
  members: [member('alice'), member('bob')],
  elsewhere: undefined,
  ...fields,
});
const of = (index: number, author: string) => messageWith({ index, author, verification: verifiedBy(author) });

describe('the attacks', () => {
  it('are those of the contract, but for the one that stops them', () => {
    expect(ATTACKS.map(({ name }) => name).sort()).toEqual(ATTACK_NAMES.filter((name) => name !== 'stop').sort());
  });

  it('say what is missing in an empty room', () => {
    const needing = ['replay', 'replay-elsewhere', 'edit', 'roll-back', 'swap-media', 'drop'] as const;
    for (const name of needing) expect(planAttack(name, scene())).toHaveProperty('missing');
    expect(planAttack('swap-card', scene({ members: [member('alice')] }))).toHaveProperty('missing');
  });

  it('aim at somebody else, and never at the attacker', () => {
    const members = [member('alice'), member('mallory'), member('bob')];
    expect(planAttack('forge-author', scene({ members }))).toMatchObject({ room: 'room', author: 'bob' });
    expect(planAttack('swap-card', scene({ members }))).toMatchObject({ identity: 'bob' });
  });

  it('take the newest message that was verified', () => {
    const failed = messageWith({ index: 2, verification: { state: 'failed', reason: 'replayed' } });
    expect(planAttack('replay', scene({ messages: [of(0, 'bob'), of(1, 'bob'), failed] }))).toEqual({
      room: 'room',
      message: 'message-1',
    });
  });

  it('find an edited message, one with a file, and one between two of the same sender', () => {
    const messages = [
      of(0, 'bob'),
      { ...of(1, 'bob'), revision: 1 },
      { ...of(2, 'alice'), attachments: [attachmentWith()] },
      of(3, 'bob'),
    ];
    expect(planAttack('roll-back', scene({ messages }))).toMatchObject({ message: 'message-1' });
    expect(planAttack('swap-media', scene({ messages }))).toMatchObject({ message: 'message-2' });
    expect(planAttack('drop', scene({ messages }))).toMatchObject({ message: 'message-1' });
  });

  it('copy a message of another room into this one', () => {
    const elsewhere = { room: 'other', ref: 'message-9' };
    expect(planAttack('replay-elsewhere', scene({ elsewhere }))).toEqual({
      room: 'other',
      message: 'message-9',
      into: 'room',
    });
  });
});
