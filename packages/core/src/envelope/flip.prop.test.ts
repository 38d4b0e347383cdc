/**
 * One message of each mode and kind of recipient, with every byte changed and every length cut: what comes out is a refusal of
 * the envelope, or the text as it was. Heads are not authenticated, so some changes there go unnoticed.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { bytesToHex } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { generateKeyPair } from '../keys/generate.ts';
import type { KeyPair, KeyType } from '../keys/key.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { parseMessageInfo } from './header.ts';
import type { EnvelopeMode } from './mode.ts';
import { open, openUnverified } from './open.ts';
import { seal } from './seal.ts';

const TYPES: KeyType[] = ['ED25519', 'SECP256R1', 'CURVE25519_ED25519', 'RSA_2048'];
const MODES: EnvelopeMode[] = ['encrypt', 'signThenEncrypt', 'signAndEncrypt'];
const CASES = TYPES.flatMap((type) => MODES.map((mode) => ({ type, mode })));
const MASKS = [0x01, 0x80];
const text = bytesToHex(utf8ToBytes('attack at dawn'));

interface Sealed {
  readonly message: Uint8Array;
  readonly headLength: number;
  readonly reader: KeyPair;
}

let sender: KeyPair;
const sealed = new Map<string, Sealed>();
const sealedOf = ({ type, mode }: (typeof CASES)[number]) => sealed.get(`${type} ${mode}`)!;

beforeAll(async () => {
  sender = await generateKeyPair(nodeProvider);
  for (const type of TYPES) {
    const reader = await generateKeyPair(nodeProvider, type);
    for (const mode of MODES) {
      const message = await seal(nodeProvider, {
        plaintext: utf8ToBytes('attack at dawn'),
        recipients: [reader.publicKey],
        mode,
        padding: mode === 'signAndEncrypt',
        signer: sender.privateKey,
      });
      sealed.set(`${type} ${mode}`, { message, headLength: parseMessageInfo(message).length, reader });
    }
  }
});

type Opener = (provider: CryptoProvider, message: Uint8Array, reader: KeyPair) => Promise<{ plaintext: Uint8Array }>;

const OPENERS: Record<'open' | 'openUnverified', Opener> = {
  open: (provider, message, { privateKey }) =>
    open(provider, { message, keys: [privateKey], signers: [sender.publicKey] }),
  openUnverified: (provider, message, { privateKey }) => openUnverified(provider, { message, keys: [privateKey] }),
};

/** `opened`, or the code of the refusal. Anything else is a failed test. */
async function outcome(
  provider: CryptoProvider,
  opener: Opener,
  message: Uint8Array,
  reader: KeyPair,
): Promise<string> {
  try {
    const { plaintext } = await opener(provider, message, reader);
    if (bytesToHex(plaintext) !== text) throw new Error(`another text: ${bytesToHex(plaintext)}`);
    return 'opened';
  } catch (error) {
    if (!isSdkError(error) || !error.code.startsWith('envelope/')) throw error;
    return error.code;
  }
}

function change(message: Uint8Array, at: number, mask: number): Uint8Array {
  const changed = message.slice();
  changed[at]! ^= mask;
  return changed;
}

describe.each(CASES)('a message for $type in the mode $mode', (kind) => {
  it.each(['open', 'openUnverified'] as const)('with any byte changed gives %s no other text', async (name) => {
    const { message, headLength, reader } = sealedOf(kind);
    const expected = name === 'open' && kind.mode === 'encrypt' ? 'envelope/not-signed' : 'opened';
    expect(await outcome(nodeProvider, OPENERS[name], message, reader)).toBe(expected);
    for (let at = 0; at < message.length; at++) {
      for (const mask of MASKS) {
        const result = await outcome(nodeProvider, OPENERS[name], change(message, at, mask), reader);
        // Behind the head every byte is under a tag.
        if (at >= headLength) expect(result).toMatch(/undecryptable|malformed/);
      }
    }
  });

  it('is refused at each length but its own', async () => {
    const { message, reader } = sealedOf(kind);
    for (let length = 0; length < message.length; length++) {
      expect(await outcome(nodeProvider, OPENERS.openUnverified, message.subarray(0, length), reader)).not.toBe(
        'opened',
      );
    }
    const longer = concatBytes(message, Uint8Array.of(0));
    expect(await outcome(nodeProvider, OPENERS.openUnverified, longer, reader)).toBe('envelope/undecryptable');
  });
});

describe('a message that was changed', () => {
  it('gets the same verdict from both adapters', async () => {
    const plan = fc.record({
      kind: fc.constantFrom(...CASES),
      name: fc.constantFrom('open' as const, 'openUnverified' as const),
      at: fc.nat(10_000),
      mask: fc.integer({ min: 1, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ kind, name, at, mask }) => {
        const { message, reader } = sealedOf(kind);
        const changed = change(message, at % message.length, mask);
        const [first, second] = [
          await outcome(nodeProvider, OPENERS[name], changed, reader),
          await outcome(nobleProvider, OPENERS[name], changed, reader),
        ];
        expect(second).toBe(first);
      }),
      { numRuns: 300 },
    );
  });
});
