import {
  bytesToBase64,
  bytesToHex,
  concatBytes,
  generateKeyPair,
  isSdkError,
  issueCard,
  seal,
  sign,
  utf8ToBytes,
} from '@sotto/core';
import { encryptFields } from '@sotto/core/field';
import { encodeTicket, sealGroupMessage, startSession } from '@sotto/core/group';
import { nodeProvider } from '@sotto/core/node';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeFinding } from './describe.ts';
import type { Finding } from './finding.ts';
import { inspectBytes } from './inspect-bytes.ts';
import { createKeyNames } from './known-keys.ts';

const { publicKey, privateKey } = await generateKeyPair(nodeProvider);
const plaintext = utf8ToBytes('xyzzy');
const session = startSession(nodeProvider, nodeProvider.randomBytes(32));
const common = { plaintext, recipients: [publicKey], signer: privateKey };
const signed = await seal(nodeProvider, { ...common, mode: 'signAndEncrypt', padding: true });
const document = await encryptFields(nodeProvider, {
  document: { name: 'xyzzy' },
  documentId: 'p42',
  revision: 1,
  selections: [{ path: 'name', readers: [publicKey] }],
  signer: privateKey,
  coverage: 'all',
  now: 0,
});
const samples: Readonly<Record<string, Uint8Array>> = {
  unsigned: await seal(nodeProvider, { ...common, mode: 'encrypt' }),
  'of 2019': await seal(nodeProvider, { ...common, mode: 'signThenEncrypt' }),
  signed,
  'in a group': await sealGroupMessage(nodeProvider, { session, plaintext, signer: privateKey }),
  ticket: encodeTicket(session.tickets[0]!),
  signature: await sign(nodeProvider, privateKey, plaintext),
  'public key': publicKey.exportDer(),
  'private key': privateKey.exportDer(),
  pem: utf8ToBytes(privateKey.exportPem()),
  document: utf8ToBytes(JSON.stringify(document)),
  card: utf8ToBytes(
    JSON.stringify(await issueCard(nodeProvider, { identity: 'alice', privateKey, createdAt: 1_700_000_000 })),
  ),
  'start of a series': concatBytes(Uint8Array.of(0x10), signed),
};

/** The finding, or undefined for a refusal. Anything else is a failure. */
function tryInspect(bytes: Uint8Array): Finding | undefined {
  try {
    return inspectBytes({ bytes, size: bytes.length }, createKeyNames([{ path: 'a.pub', key: publicKey }]));
  } catch (error) {
    if (isSdkError(error)) return undefined;
    throw error;
  }
}

/** As the command does, both ways. */
function print(finding: Finding | undefined): string {
  return finding ? `${describeFinding(finding)}\n${JSON.stringify(finding)}` : '';
}

it('any bytes and any text are refused with a code, or described', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.base64String()).map(utf8ToBytes);
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), text), (bytes) => {
      expect(print(tryInspect(bytes))).toBeTypeOf('string');
    }),
    { numRuns: 1000 },
  );
});

it.each(Object.entries(samples))('%s with a byte altered, or cut off, gives no other error', (_, sample) => {
  const changes = fc.record({
    at: fc.nat(sample.length - 1),
    by: fc.integer({ min: 1, max: 255 }),
    end: fc.nat(sample.length),
    isText: fc.boolean(),
  });
  fc.assert(
    fc.property(changes, ({ at, by, end, isText }) => {
      const altered = sample.slice(0, end);
      if (at < end) altered[at]! ^= by;
      const printed = print(tryInspect(isText ? utf8ToBytes(bytesToBase64(altered)) : altered));
      expect(printed).not.toContain('xyzzy');
    }),
  );
});

it('nothing of a secret is shown, whatever its form', () => {
  const secrets = [privateKey.exportDer(), encodeTicket(session.tickets[0]!)];
  for (const bytes of [...secrets, samples['pem']!]) {
    for (const form of [bytes, utf8ToBytes(`${bytesToBase64(bytes)}\n`)]) {
      const printed = print(tryInspect(form));
      expect(printed).toMatch(/^(private key|group ticket): a secret, of which nothing is shown/);
      for (const secret of secrets) {
        const [hex, base64] = [bytesToHex(secret), bytesToBase64(secret)];
        expect(printed.includes(hex.slice(-16)) || printed.includes(base64.slice(-12))).toBe(false);
      }
    }
  }
});
