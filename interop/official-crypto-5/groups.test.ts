/** Sessions of groups between the official crypto library and ours: tickets, epochs, messages. */
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@sotto/core';
import {
  addEpoch,
  encodeTicket,
  groupIdToSessionId,
  type GroupSession,
  joinTickets,
  openGroupMessage,
  parseTicket,
  sealGroupMessage,
  startSession,
} from '@sotto/core/group';
import { nobleProvider } from '@sotto/core/noble';
import { nodeProvider } from '@sotto/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { hex, makeSharedKey, official, type SharedKey } from './official.ts';

const GROUP_ID = 'a group of both';
const sessionId = groupIdToSessionId(utf8ToBytes(GROUP_ID));
const SIZES = [0, 1, 155, 156, 157, 1000, 29_915];

let alice: SharedKey;
let mallory: SharedKey;
beforeAll(async () => {
  [alice, mallory] = await Promise.all([makeSharedKey('ED25519'), makeSharedKey('ED25519')]);
});

const toOfficial = ({ tickets }: GroupSession) =>
  official.importGroupSession(tickets.map((ticket) => Buffer.from(encodeTicket(ticket))));
const bytesOf = (length: number) => Buffer.from(Uint8Array.from({ length }, (_, index) => index % 251));

describe.each([nodeProvider, nobleProvider])('groups with $name', (provider) => {
  it('of the official library are taken over with all their epochs, and written as it writes them', async () => {
    const theirs = official.generateGroupSession(Buffer.from(GROUP_ID));
    for (let epoch = 1; epoch <= 3; epoch++) theirs.addNewEpoch();
    const exported = theirs.export();
    const tickets = exported.map((ticket) => parseTicket(ticket));
    expect(theirs.getSessionId()).toBe(bytesToHex(sessionId));
    expect(tickets.map((ticket) => hex(encodeTicket(ticket)))).toEqual(exported.map(hex));
    const ours = joinTickets(sessionId, tickets);
    for (const size of SIZES) {
      const message = theirs.encrypt(bytesOf(size), alice.theirs);
      const plaintext = await openGroupMessage(provider, { session: ours, message, sender: alice.ours.publicKey });
      expect(hex(plaintext)).toBe(hex(bytesOf(size)));
    }
  });

  it('of ours are taken over by the official library, in the first epochs and in late ones', async () => {
    let ours = startSession(provider, sessionId);
    for (let epoch = 1; epoch <= 130; epoch++) {
      ours = addEpoch(provider, ours);
      if (![1, 127, 128, 130].includes(epoch)) continue;
      const theirs = toOfficial(ours);
      expect(theirs.getCurrentEpochNumber()).toBe(epoch);
      for (const size of SIZES) {
        const message = await sealGroupMessage(provider, {
          session: ours,
          plaintext: bytesOf(size),
          signer: alice.ours,
        });
        expect(hex(theirs.decrypt(message, alice.theirPublicKey))).toBe(hex(bytesOf(size)));
      }
    }
  });
});

describe('a message that was altered', () => {
  it.each(['their message', 'our message'])('anywhere is refused by both: %s', async (whose) => {
    const session = startSession(nodeProvider, sessionId);
    const theirs = toOfficial(session);
    const plaintext = utf8ToBytes('attack at dawn');
    const message =
      whose === 'our message'
        ? await sealGroupMessage(nodeProvider, { session, plaintext, signer: alice.ours })
        : new Uint8Array(theirs.encrypt('attack at dawn', alice.theirs));
    const sender = alice.ours.publicKey;
    for (let at = 2; at < message.length; at++) {
      const changed = Uint8Array.from(message, (byte, index) => (index === at ? byte ^ 0x01 : byte));
      await expect(openGroupMessage(nodeProvider, { session, message: changed, sender })).rejects.toThrow();
      expect(() => theirs.decrypt(changed, alice.theirPublicKey)).toThrow();
    }
    expect(() => theirs.decrypt(message, mallory.theirPublicKey)).toThrow();
    const byMallory = openGroupMessage(nodeProvider, { session, message, sender: mallory.ours.publicKey });
    await expect(byMallory).rejects.toMatchObject({ code: 'group/bad-signature' });
  });

  it.each([
    ['another number of the version', (message: Uint8Array) => concatBytes(hexToBytes('0863'), message.subarray(2))],
    ['a field that nobody knows', (message: Uint8Array) => concatBytes(message, hexToBytes('4a03616263'))],
  ])('by %s alone is read by both', async (_, alter) => {
    const session = startSession(nodeProvider, sessionId);
    const plaintext = utf8ToBytes('attack at dawn');
    const sealed = await sealGroupMessage(nodeProvider, { session, plaintext, signer: alice.ours });
    const message = alter(sealed);
    expect(hex(toOfficial(session).decrypt(message, alice.theirPublicKey))).toBe(hex(plaintext));
    const ours = await openGroupMessage(nodeProvider, { session, message, sender: alice.ours.publicKey });
    expect(hex(ours)).toBe(hex(plaintext));
  });
});
