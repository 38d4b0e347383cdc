/** The main job: users get keys, find each other, encrypt for each other and verify who wrote what. */
import { bytesToBase64, bytesToUtf8, utf8ToBytes } from '@sotto/core';
import { startWorld, type World } from '@sotto/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EThree, PublicKey } from './index.ts';

let world: World;
let alice: EThree;
let bob: EThree;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.createClient('alice');
  bob = await world.createClient('bob');
  await alice.register();
  await bob.register();
});
afterAll(() => world.close());

describe('what alice encrypts for bob', () => {
  it('bob reads, and knows that alice wrote it', async () => {
    const message = await alice.authEncrypt('hello bob', await alice.findUsers('bob'));
    expect(await bob.authDecrypt(message, await bob.findUsers('alice'))).toBe('hello bob');
  });

  it('alice reads again, with no sender given', async () => {
    const message = await alice.authEncrypt('hello bob', await alice.findUsers('bob'));
    expect(await alice.authDecrypt(message)).toBe('hello bob');
  });

  it('does not pass as written by bob', async () => {
    const message = await alice.authEncrypt('hello bob', await alice.findUsers('bob'));
    const bobCard = await alice.findUsers('bob');
    await expect(alice.authDecrypt(message, bobCard)).rejects.toMatchObject({ code: 'envelope/other-signer' });
    const old = await alice.encrypt('hello bob', bobCard);
    await expect(bob.decrypt(old, bobCard)).rejects.toMatchObject({ code: 'envelope/other-signer' });
  });

  it('carol cannot read', async () => {
    const carol = await world.createClient('carol');
    await carol.register();
    const message = await alice.authEncrypt('hello bob', await alice.findUsers('bob'));
    const sender = await carol.findUsers('alice');
    await expect(carol.authDecrypt(message, sender)).rejects.toMatchObject({ code: 'envelope/not-a-recipient' });
  });

  it('reaches further readers that were named', async () => {
    const auditor = await world.createClient('auditor');
    await auditor.register();
    const alsoFor = [await alice.findUsers('auditor')];
    const message = await alice.authEncrypt('hello bob', await alice.findUsers('bob'), { alsoFor });
    expect(await auditor.authDecrypt(message, await auditor.findUsers('alice'))).toBe('hello bob');
  });

  it('reaches the standing further readers of alice', async () => {
    const officer = await world.createClient('officer');
    await officer.register();
    const options = { keyStore: alice.keyStore, alsoFor: [await alice.findUsers('officer')] };
    const watched = await world.createClient('alice', options);
    const message = await watched.encrypt('hello bob', await alice.findUsers('bob'));
    expect(await officer.decrypt(message, await officer.findUsers('alice'))).toBe('hello bob');
  });
});

describe('readers and senders', () => {
  it.each([
    ['a card', async () => alice.findUsers('bob')],
    ['an array of cards', async () => [await alice.findUsers('bob')]],
    ['the map of findUsers', async () => alice.findUsers(['bob', 'alice'])],
    ['a public key', async () => alice.lookupPublicKeys('bob')],
    ['an array of public keys', async () => [await alice.lookupPublicKeys('bob')]],
    ['the map of lookupPublicKeys', async () => alice.lookupPublicKeys(['alice', 'bob'])],
  ])('are given as %s', async (_, readers) => {
    const key = await bob.lookupPublicKeys('alice');
    expect(await bob.authDecrypt(await alice.authEncrypt('hi', await readers()), key)).toBe('hi');
    expect(await bob.decrypt(await alice.encrypt('hi', await readers()), key)).toBe('hi');
  });

  it('are not taken by name or from an unverified card', async () => {
    const card = await alice.findUsers('bob');
    await expect(alice.authEncrypt('hi', 'bob' as never)).rejects.toThrow(TypeError);
    await expect(alice.authEncrypt('hi', { ...card })).rejects.toMatchObject({ code: 'usage/argument' });
    await expect(alice.authDecrypt(await alice.authEncrypt('hi'), 'bob' as never)).rejects.toThrow(TypeError);
  });
});

describe('data', () => {
  it('is text in and base64 out, whatever the characters', async () => {
    const text = 'Grüße, 世界 🔐 \u0000';
    const message = await alice.authEncrypt(text, await alice.findUsers('bob'));
    expect(message).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(await bob.authDecrypt(message, await bob.findUsers('alice'))).toBe(text);
  });

  it.each([
    ['a Uint8Array', Uint8Array.of(0, 255, 7)],
    ['a Buffer', Buffer.from([0, 255, 7])],
    ['an ArrayBuffer', Uint8Array.of(0, 255, 7).buffer],
    ['hex', { value: '00ff07', encoding: 'hex' as const }],
    ['base64', { value: 'AP8H', encoding: 'base64' as const }],
    ['nothing', new ArrayBuffer()],
  ])('is bytes in and a Buffer out: %s', async (name, data) => {
    const expected = name === 'nothing' ? '' : 'AP8H';
    const sealed = await alice.authEncrypt(data);
    const old = await alice.encrypt(data);
    expect(Buffer.isBuffer(sealed) && Buffer.isBuffer(old)).toBe(true);
    expect(bytesToBase64(await alice.authDecrypt(sealed))).toBe(expected);
    expect(bytesToBase64(await alice.decrypt(old))).toBe(expected);
  });

  it.each([
    ['null', null],
    ['a number', 5],
    ['an object', {}],
  ])('is not %s', async (_, data) => {
    await expect(alice.authEncrypt(data as never)).rejects.toThrow(TypeError);
  });

  it('that is no text is refused as text and given as bytes', async () => {
    const message = await alice.authEncrypt(Uint8Array.of(0xff));
    const asText = bytesToBase64(message);
    await expect(alice.authDecrypt(asText)).rejects.toMatchObject({ code: 'encoding/utf8' });
    expect([...(await alice.authDecrypt(message))]).toEqual([0xff]);
    await expect(alice.authDecrypt('not base64!')).rejects.toMatchObject({ code: 'encoding/base64' });
  });

  it('of one format is not opened as the other', async () => {
    await expect(alice.decrypt(await alice.authEncrypt('hi'))).rejects.toMatchObject({ code: 'envelope/not-signed' });
    await expect(alice.authDecrypt(await alice.encrypt('hi'))).rejects.toMatchObject({ code: 'envelope/not-signed' });
  });
});

describe('the handle', () => {
  it('tells who the user is and whether the device has a key', async () => {
    const dave = await world.createClient('dave');
    expect(dave.identity).toBe('dave');
    expect(await dave.hasLocalPrivateKey()).toBe(false);
    await dave.register();
    expect(await dave.hasLocalPrivateKey()).toBe(true);
  });

  it('registers with a key pair that the app brings', async () => {
    const erin = await world.createClient('erin');
    const pair = await erin.virgilCrypto.generateKeys('SECP256R1');
    await erin.register(pair);
    expect((await alice.findUsers('erin')).publicKey.exportDer()).toEqual(pair.publicKey.exportDer());
  });

  it.each(['ED25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'] as const)(
    'works with keys of type %s',
    async (type) => {
      const user = await world.createClient(`user of ${type}`, { keyPairType: type });
      await user.register();
      const message = await user.authEncrypt('hi', await user.findUsers('bob'));
      expect(await bob.authDecrypt(message, await bob.findUsers(user.identity))).toBe('hi');
      const answer = await bob.authEncrypt('hi yourself', await bob.findUsers(user.identity));
      expect(await user.authDecrypt(answer, await user.findUsers('bob'))).toBe('hi yourself');
    },
  );

  it('works where all users name keys by SHA-256', async () => {
    const frank = await world.createClient('frank', { useSha256Identifiers: true });
    await frank.register();
    expect(
      await bob.authDecrypt(await frank.authEncrypt('hi', await frank.findUsers('bob')), await bob.findUsers('frank')),
    ).toBe('hi');
  });

  it('lets go of everything with cleanup', async () => {
    const gina = await world.createClient('gina');
    await gina.register();
    await gina.findUsers('bob');
    await gina.cleanup();
    expect(await gina.hasLocalPrivateKey()).toBe(false);
    await expect(gina.authEncrypt('hi')).rejects.toMatchObject({ name: 'MissingPrivateKeyError', code: 'key/missing' });
    await expect(gina.findCachedUsers('bob')).rejects.toMatchObject({ name: 'UsersNotFoundError' });
    await expect(gina.register()).rejects.toMatchObject({ name: 'IdentityAlreadyExistsError' });
  });

  it('offers the cryptography of the official library under its names', async () => {
    const { virgilCrypto: crypto } = alice;
    const { privateKey, publicKey } = await crypto.generateKeys();
    expect(publicKey).toBeInstanceOf(PublicKey);
    expect(bytesToUtf8(await crypto.decrypt(await crypto.encrypt('hi', publicKey), privateKey))).toBe('hi');
    const sealed = await crypto.signAndEncrypt('hi', privateKey, [publicKey], true);
    expect(bytesToUtf8(await crypto.decryptAndVerify(sealed, privateKey, publicKey))).toBe('hi');
    expect(
      bytesToUtf8(
        await crypto.decryptThenVerify(
          await crypto.signThenEncrypt('hi', privateKey, publicKey),
          privateKey,
          publicKey,
        ),
      ),
    ).toBe('hi');
    expect(await crypto.verifySignature('hi', await crypto.calculateSignature('hi', privateKey), publicKey)).toBe(true);
    const { metadata, encryptedData } = await crypto.signThenEncryptDetached('hi', privateKey, publicKey);
    const detached = await crypto.decryptThenVerifyDetached(encryptedData, metadata, privateKey, publicKey);
    expect(bytesToUtf8(detached)).toBe('hi');
    const { SHA256 } = crypto.hashAlgorithm;
    expect(await crypto.calculateHash('hi', SHA256)).toEqual(await crypto.calculateHash('hi', 'SHA-256'));
    expect(await crypto.getRandomBytes(7)).toHaveLength(7);
    expect((await crypto.generateKeys(crypto.keyPairType.CURVE25519)).publicKey.type).toBe('CURVE25519');
    const again = await crypto.importPrivateKey(await crypto.exportPrivateKey(privateKey));
    expect(await crypto.exportPublicKey(await crypto.extractPublicKey(again))).toEqual(
      await crypto.exportPublicKey(publicKey),
    );
  });

  it('gives cards as such, verified', async () => {
    const [card] = await alice.cardManager.searchCards('bob');
    const again = await alice.cardManager.getCard(card!.id);
    expect(again.identity).toBe('bob');
    const imported = await alice.cardManager.importCardFromString(alice.cardManager.exportCardAsString(card!));
    expect(imported.id).toBe(card!.id);
  });

  it('publishes and revokes cards as such', async () => {
    const henry = await world.createClient('henry');
    const { cardManager, virgilCrypto } = henry;
    const first = await cardManager.publishCard(await virgilCrypto.generateKeys());
    const pair = await virgilCrypto.generateKeys();
    const raw = await cardManager.generateRawCard({
      ...pair,
      previousCardId: first.id,
      extraFields: { device: 'phone' },
    });
    const second = await cardManager.publishRawCard(raw);
    const [head, ...others] = await cardManager.searchCards(['henry']);
    expect(others).toEqual([]);
    expect(head).toMatchObject({ id: second.id, previousCard: { id: first.id } });
    await cardManager.revokeCard(second.id);
    expect(await cardManager.searchCards('henry')).toEqual([]);
  });
});

describe('lookups', () => {
  it('find one or several users', async () => {
    expect((await alice.findUsers('bob')).identity).toBe('bob');
    expect(Object.keys(await alice.findUsers(['bob', 'alice', 'bob']))).toEqual(['bob', 'alice']);
    expect(await alice.lookupPublicKeys('bob')).toBeInstanceOf(PublicKey);
    expect(Object.keys(await alice.lookupPublicKeys(['bob', 'alice']))).toEqual(['bob', 'alice']);
  });

  it('find users by names that are awkward in JavaScript', async () => {
    for (const identity of ['__proto__', 'constructor', 'ünïcödé 🔐', 'a/b?c=d&e']) {
      const user = await world.createClient(identity);
      await user.register();
      const found = await alice.findUsers([identity]);
      expect(Object.keys(found)).toEqual([identity]);
      expect(await user.authDecrypt(await alice.authEncrypt('hi', found), await user.findUsers('alice'))).toBe('hi');
    }
  });

  it('say whom they did not find', async () => {
    await expect(alice.findUsers(['bob', 'nobody'])).rejects.toMatchObject({
      name: 'UsersNotFoundError',
      code: 'users/not-found',
      identities: ['nobody'],
    });
    const failed = alice.lookupPublicKeys(['bob', 'nobody']);
    await expect(failed).rejects.toMatchObject({ name: 'LookupError', code: 'users/lookup-failed' });
    const { lookupResult } = (await failed.catch((error: unknown) => error)) as {
      lookupResult: Record<string, unknown>;
    };
    expect(lookupResult['bob']).toBeInstanceOf(PublicKey);
    expect(lookupResult['nobody']).toMatchObject({ name: 'LookupNotFoundError' });
  });

  it('refuse empty and wrong arguments', async () => {
    await expect(alice.findUsers([])).rejects.toThrow(TypeError);
    await expect(alice.findUsers([])).rejects.toMatchObject({ code: 'users/none-given' });
    await expect(alice.lookupPublicKeys([])).rejects.toMatchObject({ code: 'users/none-given' });
    await expect(alice.lookupPublicKeys(['bob', 'bob'])).rejects.toMatchObject({ code: 'users/repeated' });
    for (const wrong of [undefined, null, 5, '', ['']]) {
      await expect(alice.findUsers(wrong as never)).rejects.toThrow(TypeError);
    }
  });
});

describe('the service', () => {
  it('never receives plaintext or a private key', async () => {
    const secret = 'a sentence that nobody else should read';
    const message = await alice.authEncrypt(secret, await alice.findUsers('bob'));
    await bob.authDecrypt(message, await bob.findUsers('alice'));
    const entries = await alice.keyStore.list();
    const received = world.seen.map(({ path, headers, body }) => path + JSON.stringify(headers) + body).join('\n');
    expect(received).toContain('content_snapshot');
    const ring = JSON.parse(bytesToUtf8(entries[0]!.value)) as { current: string };
    const forbidden = [secret, bytesToBase64(utf8ToBytes(secret)), message, ring.current, ring.current.slice(-43)];
    expect(forbidden.filter((text) => received.includes(text))).toEqual([]);
  });
});
