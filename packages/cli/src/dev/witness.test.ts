import { generateKeyPair, utf8ToBytes } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { describe, expect, it } from 'vitest';
import { createWitness, holdsSecret, privateKeysIn } from './witness.ts';

const secret = utf8ToBytes('Hello Bob, nobody between us can read this.');
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');
const createRequest = (body: string, headers = {}) => ({ method: 'POST', path: '/card/v5', headers, body });

describe('holdsSecret', () => {
  it.each([
    ['in clear', `{"note":"${Buffer.from(secret).toString()}"}`],
    ['in base64', JSON.stringify({ note: base64(secret) })],
    ['in base64url', JSON.stringify({ note: Buffer.from(secret).toString('base64url') })],
    ['in hex', JSON.stringify({ note: Buffer.from(secret).toString('hex').toUpperCase() })],
    ['in base64 inside base64', JSON.stringify({ snapshot: base64(JSON.stringify({ key: base64(secret) })) })],
    ['in the middle of base64', JSON.stringify({ note: base64(`x${Buffer.from(secret).toString()}yz`) })],
  ])('finds it %s', (_, body) => {
    expect(holdsSecret(createRequest(body), secret)).toBe(true);
  });

  it('finds it in a header', () => {
    const headers = { authorization: `Virgil ${base64('{"alg":"none"}')}.${base64(secret)}` };
    expect(holdsSecret(createRequest('', headers), secret)).toBe(true);
  });

  it('does not find what is not there', () => {
    expect(holdsSecret(createRequest(JSON.stringify({ note: base64(secret.slice(1)) })), secret)).toBe(false);
  });
});

it('finds the private keys in what a key store holds, and no public ones', async () => {
  const { privateKey, publicKey } = await generateKeyPair(nodeProvider);
  const stored = JSON.stringify({ key: base64(privateKey.exportDer()), card: base64(publicKey.exportDer()) });
  expect(await privateKeysIn(utf8ToBytes(stored))).toEqual([privateKey.exportDer().slice(-32)]);
});

it('stops noting when it has concluded', () => {
  const witness = createWitness();
  witness.note(createRequest('one'));
  expect(witness.conclude()).toHaveLength(1);
  witness.note(createRequest('two'));
  expect(witness.conclude()).toHaveLength(1);
});
