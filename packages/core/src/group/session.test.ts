import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { bytesToHex } from '../encoding/text.ts';
import { nodeProvider } from '../provider/node.ts';
import { addEpoch, findTicket, groupIdToSessionId, joinTickets, newestTicket, startSession } from './session.ts';

const sessionId = groupIdToSessionId(utf8ToBytes('book club of Lviv'));
const withCode = (code: string) => expect.objectContaining({ code });

describe('a group session', () => {
  it('has an id of at least 10 bytes', () => {
    expect(groupIdToSessionId(utf8ToBytes('0123456789'))).toHaveLength(32);
    expect(groupIdToSessionId(utf8ToBytes('ёёёёё'))).toHaveLength(32);
    expect(() => groupIdToSessionId(utf8ToBytes('123456789'))).toThrow(withCode('group/id-too-short'));
  });

  it('begins with epoch 0, and each epoch has a key of its own', () => {
    const first = startSession(nodeProvider, sessionId);
    const second = addEpoch(nodeProvider, first);
    expect(first.tickets.map(({ epoch }) => epoch)).toEqual([0]);
    expect(second.tickets.map(({ epoch }) => epoch)).toEqual([0, 1]);
    expect(new Set(second.tickets.map(({ key }) => bytesToHex(key))).size).toBe(2);
    expect(newestTicket(second)).toBe(second.tickets[1]);
  });

  it('keeps every epoch there ever was', () => {
    let session = startSession(nodeProvider, sessionId);
    for (let epoch = 1; epoch <= 120; epoch++) session = addEpoch(nodeProvider, session);
    for (let epoch = 0; epoch <= 120; epoch++) expect(findTicket(session, epoch)?.epoch).toBe(epoch);
    expect(findTicket(session, 121)).toBeUndefined();
  });

  it('is the same whatever the order in which its tickets come, and however often', () => {
    let whole = startSession(nodeProvider, sessionId);
    for (let epoch = 1; epoch < 12; epoch++) whole = addEpoch(nodeProvider, whole);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 11 })), (repeated) => {
        const again = repeated.map((index) => whole.tickets[index]!);
        expect(joinTickets(sessionId, [...again, ...whole.tickets].reverse())).toEqual(whole);
      }),
    );
  });

  it('takes no second key for an epoch, and no ticket of another group', () => {
    const session = startSession(nodeProvider, sessionId);
    const again = startSession(nodeProvider, sessionId);
    expect(() => joinTickets(sessionId, [...session.tickets, ...again.tickets])).toThrow(
      withCode('group/conflicting-tickets'),
    );
    const other = startSession(nodeProvider, groupIdToSessionId(utf8ToBytes('another club')));
    expect(() => joinTickets(sessionId, [...session.tickets, ...other.tickets])).toThrow(
      withCode('group/misplaced-ticket'),
    );
  });
});
