import { describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { bytesToHex } from '../encoding/text.ts';
import { keyPairFromMaterial } from '../keys/generate.ts';
import type { KeyPair } from '../keys/key.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { startHarden, startPythia, unsafeKeyPairFromPassword } from './brain-key.ts';
import { derivePasswords } from './derive-passwords.ts';
import { hardenPoint, transformPythia } from './server.ts';

const owner = { secret: new Uint8Array(32).fill(1), application: 'app', identity: 'alice' };
const password = utf8ToBytes('correct horse battery staple');
const hex = ({ privateKey }: KeyPair) => bytesToHex(privateKey.exportDer());

type MakeKey = (password: Uint8Array, who?: typeof owner) => Promise<KeyPair>;

describe.each([nodeProvider, nobleProvider])('a brain key with $name', (provider) => {
  const byPythia: MakeKey = async (given, who = owner) => {
    const { request, finish } = await startPythia(provider, given);
    return finish(transformPythia({ ...who, blindedPassword: request }));
  };
  const byHardening: MakeKey = async (given, who = owner) => {
    const { request, finish } = await startHarden(provider, given);
    return finish(hardenPoint({ ...who, blindedPoint: request }));
  };

  describe.each([
    ['by Pythia', byPythia],
    ['by hardening', byHardening],
  ])('%s', (_, makeKey) => {
    it('is the same again, and an ED25519 key', async () => {
      const key = await makeKey(password);
      expect(key.privateKey.type).toBe('ED25519');
      expect(hex(await makeKey(password))).toBe(hex(key));
    });

    it('is another for another password, user, application or secret', async () => {
      const keys = [
        await makeKey(password),
        await makeKey(utf8ToBytes('correct horse battery staples')),
        await makeKey(password, { ...owner, identity: 'bob' }),
        await makeKey(password, { ...owner, application: 'other' }),
        await makeKey(password, { ...owner, secret: new Uint8Array(32).fill(2) }),
      ];
      expect(new Set(keys.map(hex)).size).toBe(keys.length);
    });

    it.each([0, 129])('is not made of a password of %i bytes', async (length) => {
      await expect(makeKey(new Uint8Array(length))).rejects.toMatchObject({ code: 'brain-key/password-length' });
    });
  });

  it('differs between the two protocols', async () => {
    expect(hex(await byPythia(password))).not.toBe(hex(await byHardening(password)));
  });

  it('is made of the password as it was at the start', async () => {
    const given = password.slice();
    const { request, finish } = await startHarden(provider, given);
    given.fill(0);
    expect(hex(await finish(hardenPoint({ ...owner, blindedPoint: request })))).toBe(hex(await byHardening(password)));
  });

  it('is not made of the answer to another request', async () => {
    const [mine, other] = [await startHarden(provider, password), await startHarden(provider, password)];
    const answer = hardenPoint({ ...owner, blindedPoint: other.request });
    await expect(mine.finish(answer)).rejects.toMatchObject({ code: 'brain-key/bad-answer' });
  });

  it('is not made of an answer of the other protocol', async () => {
    const { finish } = await startPythia(provider, password);
    const { request } = await startHarden(provider, password);
    const answer = transformPythia({ ...owner, blindedPassword: request });
    await expect(finish(answer)).rejects.toMatchObject({ code: 'brain-key/bad-answer' });
  });

  it('of the password alone is that of its SHA-512', async () => {
    const expected = await keyPairFromMaterial(provider, await provider.hash('SHA-512', password));
    expect(hex(await unsafeKeyPairFromPassword(provider, password))).toBe(hex(expected));
  });

  it('is made of a derived password as of any other', async () => {
    const { loginPassword, backupPassword } = derivePasswords(password);
    expect(hex(await byPythia(backupPassword))).not.toBe(hex(await byPythia(loginPassword)));
  });
});
