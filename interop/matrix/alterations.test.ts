/**
 * A message of each kind, with each of its bytes altered: what comes out is a refusal, or the text as it was, since not all of a
 * head is authenticated. The official readers decide as ours does, or differ in a way that is known.
 */
import { isSdkError, type KeyType, parseMessageInfo, utf8ToBytes } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namePlaces } from './anatomy.ts';
import { isKnown, type Outcome } from './disagreements.ts';
import { type KeyRing, makeKeyRing } from './keys.ts';
import { startOfficials } from './official.ts';
import { MODES, openOurs } from './ours.ts';
import { OfficialError } from './process.ts';
import { type Compared, recordCompared } from './record.ts';
import { RELEASES } from './releases.ts';
import { failuresOf, isFull } from './run.ts';

const READERS = ['ED25519', 'CURVE25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'] as const satisfies KeyType[];
const KINDS = READERS.flatMap((reader) => MODES.map((mode) => [mode, reader] as const));
const MASKS = isFull ? [0x01, 0x80] : [0x01];
/** An abort costs a process, so that the official readers are not asked about every byte each time. */
const ASKED = isFull ? 1 : 32;

const text = utf8ToBytes('attack at dawn');
const { officials, close } = await startOfficials();
let ring: KeyRing;

beforeAll(async () => {
  ring = await makeKeyRing(Object.values(officials), READERS, ['node']);
});

afterAll(close);

describe.each(RELEASES)('a message by virgil-crypto %s', (release) => {
  it.for(KINDS)('gives with any byte altered no other text: %s to %s', async ([mode, reader], { task }) => {
    const official = officials[release];
    const key = ring.keyOf(reader);
    const signer = ring.keyOf('ED25519');
    const identifiers = 'sha512';
    const padding = mode === 'signAndEncrypt';
    const writing = { mode, plaintext: text, padding, identifiers } as const;
    const message = await official.seal({ ...writing, recipients: [key.publicDer], signer: signer.privateDer });
    const places = namePlaces(message, parseMessageInfo(message).length);

    const openHere = (altered: Uint8Array) =>
      openOurs(nodeProvider, { mode, message: altered, key: key.ours.node!, signers: [signer.ours.node!.publicKey] });
    const openThere = (altered: Uint8Array) =>
      official.open({ mode, message: altered, key: key.privateDer, signers: [signer.publicDer], identifiers });
    expect([await outcomeOf(openHere(message)), await outcomeOf(openThere(message))]).toEqual(['the text', 'the text']);

    const alterations = Array.from(message).flatMap((_, at) => MASKS.map((mask) => ({ at, mask })));
    const compared: Compared[] = [];
    const failures = await failuresOf(
      alterations,
      async ({ at, mask }) => {
        const altered = Uint8Array.from(message);
        altered[at]! ^= mask;
        const ours = await outcomeOf(openHere(altered));
        expect(ours).not.toBe('another text');
        if (at % ASKED !== 0) return;
        const theirs = await outcomeOf(openThere(altered));
        const found = { place: places[at]!, ours, theirs };
        if (ours !== theirs) expect(found).toSatisfy(isKnown);
        compared.push({ ...found, release, count: 1 });
      },
      ({ at, mask }) => `byte ${at} (${places[at]}), mask ${mask}`,
    );
    expect(failures).toEqual([]);
    recordCompared(task, compared);
  });
});

async function outcomeOf(opening: Promise<Uint8Array>): Promise<Outcome> {
  try {
    return Buffer.compare(await opening, text) === 0 ? 'the text' : 'another text';
  } catch (error) {
    if (error instanceof OfficialError) return error.isAbort ? 'abort' : 'refused';
    if (!isSdkError(error) || !error.code.startsWith('envelope/')) throw error;
    return 'refused';
  }
}
