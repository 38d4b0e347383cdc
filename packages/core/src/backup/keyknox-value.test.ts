import { beforeAll, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { sealDetached } from '../envelope/seal.ts';
import { isSdkError } from '../errors.ts';
import { generateKeyPair } from '../keys/generate.ts';
import type { KeyPair } from '../keys/key.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { type KeyknoxValue, openKeyknoxValue, sealKeyknoxValue } from './keyknox-value.ts';

const plaintext = utf8ToBytes('{}');
const nothing = new Uint8Array(0);

describe.each([nodeProvider, nobleProvider])('a Keyknox value with $name', (provider) => {
  let alice: KeyPair;
  let bob: KeyPair;
  let stored: KeyknoxValue;
  const openAs = (reader: KeyPair, value = stored, writer = alice) =>
    openKeyknoxValue(provider, value, { keys: [reader.privateKey], signers: [writer.publicKey] });

  beforeAll(async () => {
    alice = await generateKeyPair(provider);
    bob = await generateKeyPair(provider);
    stored = await sealKeyknoxValue(provider, { plaintext, signer: alice.privateKey, recipients: [alice.publicKey] });
  });

  it('is opened by whom it is for, and nobody else', async () => {
    expect(await openAs(alice)).toEqual(plaintext);
    await expect(openAs(bob)).rejects.toMatchObject({ code: 'envelope/not-a-recipient' });
  });

  it('is opened if an accepted writer signed it', async () => {
    await expect(openAs(alice, stored, bob)).rejects.toMatchObject({ code: 'envelope/other-signer' });
    const recipients = [alice.publicKey, bob.publicKey];
    const shared = await sealKeyknoxValue(provider, { plaintext, signer: bob.privateKey, recipients });
    for (const reader of [alice, bob]) expect(await openAs(reader, shared, bob)).toEqual(plaintext);
  });

  it('is named by SHA-256 identifiers if asked to', async () => {
    const options = { plaintext, signer: alice.privateKey, recipients: [alice.publicKey] };
    const value = await sealKeyknoxValue(provider, { ...options, identifiers: 'sha256' });
    expect(value.meta.length).toBeGreaterThan(stored.meta.length);
    expect(await openAs(alice, value)).toEqual(plaintext);
  });

  it('may be nothing', async () => {
    expect(await openAs(alice, { meta: nothing, value: nothing })).toBeUndefined();
  });

  it('is refused where one half is missing', async () => {
    for (const half of [
      { ...stored, meta: nothing },
      { ...stored, value: nothing },
    ]) {
      await expect(openAs(alice, half)).rejects.toMatchObject({ code: 'keyknox/half-a-value' });
    }
  });

  it('is refused in another mode', async () => {
    const options = { plaintext, signer: alice.privateKey, recipients: [alice.publicKey] };
    for (const mode of ['signAndEncrypt', 'encrypt'] as const) {
      const { metadata: meta, body: value } = await sealDetached(provider, { ...options, mode });
      await expect(openAs(alice, { meta, value })).rejects.toMatchObject({ code: 'envelope/not-signed' });
    }
  });

  it('is refused with the body of another, and with any byte of it changed', async () => {
    const other = await sealKeyknoxValue(provider, {
      plaintext,
      signer: alice.privateKey,
      recipients: [alice.publicKey],
    });
    await expect(openAs(alice, { meta: stored.meta, value: other.value })).rejects.toMatchObject({
      code: 'envelope/undecryptable',
    });
    for (let at = 0; at < stored.value.length; at++) {
      const value = stored.value.slice();
      value[at]! ^= 1;
      await expect(openAs(alice, { ...stored, value })).rejects.toMatchObject({ code: 'envelope/undecryptable' });
    }
  });

  it('with any byte of its head changed gives no other text', async () => {
    for (let at = 0; at < stored.meta.length; at++) {
      const meta = stored.meta.slice();
      meta[at]! ^= 1;
      const outcome = await openAs(alice, { ...stored, meta }).catch((error: unknown) => error);
      if (!(isSdkError(outcome) && outcome.code.startsWith('envelope/'))) expect(outcome).toEqual(plaintext);
    }
  });
});
