import type { RoomMember } from '@sotto/chat';
import { describe, expect, it } from 'vitest';
import { describeMember } from './describe-member.ts';
import { summariseMembers } from './summarise-members.ts';

const member = (identity: string | null, fields: Partial<RoomMember> = {}): RoomMember => ({
  ref: identity ?? 'phone',
  identity,
  state: 'ready',
  isVerified: false,
  ...fields,
});

describe('a member', () => {
  it.each([
    [member('alice'), 'good', 'You'],
    [member('bob'), 'neutral', 'Not compared'],
    [member('bob', { isVerified: true }), 'good', 'Verified'],
    [member('bob', { state: 'without-card' }), 'warn', 'No key yet'],
    [member('bob', { state: 'unknown', isVerified: true }), 'warn', 'Joined without you'],
    [member('bob', { state: 'key-not-accepted' }), 'danger', 'Key changed'],
    [member(null, { state: 'cannot-decrypt' }), 'danger', 'Cannot decrypt'],
  ])('%#: is told from others by tone and label', (one, tone, label) => {
    expect(describeMember(one, 'alice')).toMatchObject({ tone, label });
  });
});

describe('the line below a title', () => {
  it.each([
    [[], ''],
    [[member('alice')], 'Nobody else reads this'],
    [[member('alice'), member('bob')], '2 members, none verified'],
    [[member('alice'), member('bob', { isVerified: true })], '2 members, all verified'],
    [[member('alice'), member('bob', { isVerified: true }), member('carol')], '3 members, 1 verified'],
    [[member('alice'), member('bob', { state: 'unknown' })], '2 members, 1 to look at'],
  ])('%#: counts', (members, words) => {
    expect(summariseMembers(members, 'alice')).toBe(words);
  });
});
