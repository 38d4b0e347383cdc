import { base64ToBytes, bytesToHex, importPrivateKey, type KeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import type { EThree } from '@sotto/e3kit';
import type { World } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from './backend.ts';
import type { OfficialDevice } from './device.ts';
import type { OfficialClients } from './process.ts';
import { openStage, type Stage } from './stage.ts';

const KEY_TYPES = ['ED25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'] as const;

let stage: Stage;
let world: World;
let backend: Backend;
let officials: OfficialClients;
/** How far the clock of service and backend is ahead of the clients'. */
let aheadSeconds = 0;
const now = () => Date.now() + aheadSeconds * 1000;

beforeAll(async () => {
  stage = await openStage({ clock: now });
  ({ world, backend, officials } = stage);
});

afterEach(() => {
  aheadSeconds = 0;
});

afterAll(() => stage.close());

describe('registration', () => {
  it('of the official client goes through the sample backend and our service, and our client finds its card', async () => {
    backend.seen.length = 0;
    const alice = await stage.register('alice');
    expect(backend.seen).toEqual(['POST /authenticate', 'GET /virgil-jwt']);
    expect(await alice.hasLocalPrivateKey()).toBe(true);

    const reader = await world.createClient('reader');
    const card = await reader.findUsers('alice');
    expect(card.signatures.map(({ signer }) => signer)).toEqual(['self', 'virgil']);
    expect(await alice.findUsers('alice')).toMatchObject({
      id: card.id,
      publicKey: bytesToHex(card.publicKey.exportDer()),
      createdAt: card.createdAt,
      isOutdated: false,
    });
  });

  it('of our client is seen by the official one', async () => {
    const bob = await stage.registerOurs('bob');
    const reader = await officials.open('reader');
    const card = await bob.findUsers('bob');
    const seen = await reader.findUsers(['bob', 'bob']);
    expect(Object.keys(seen)).toEqual(['bob']);
    expect(seen['bob']).toMatchObject({ id: card.id, publicKey: bytesToHex(card.publicKey.exportDer()) });
  });

  it('is refused by the official client where the identity has a card, whoever published it', async () => {
    await stage.registerOurs('carol');
    const carol = await officials.open('carol');
    await expect(carol.register()).rejects.toMatchObject({ name: 'IdentityAlreadyExistsError' });
    expect(await carol.hasLocalPrivateKey()).toBe(false);
  });

  it('is refused by our client where the official one has registered', async () => {
    await stage.register('dave');
    const dave = await world.createClient('dave');
    await expect(dave.register()).rejects.toMatchObject({ name: 'IdentityAlreadyExistsError' });
    expect(await dave.hasLocalPrivateKey()).toBe(false);
  });
});

describe('messages between the official client and ours', () => {
  describe.each(KEY_TYPES)('with keys of type %s', (keyPairType) => {
    let official: OfficialDevice;
    let ours: EThree;

    beforeAll(async () => {
      official = await stage.register(`official-${keyPairType}`, { keyPairType });
      ours = await stage.registerOurs(`ours-${keyPairType}`, { keyPairType });
    });

    it.each([
      ['encrypt', 'decrypt'],
      ['authEncrypt', 'authDecrypt'],
    ] as const)('are read on both sides: %s, %s', async (encrypt, decrypt) => {
      const officialCard = await ours.findUsers(official.identity);
      const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
      for (const text of ['', 'Grüße, 世界 🔐']) {
        const letter = await official[encrypt](text, ours.identity);
        expect(await ours[decrypt](letter, officialCard)).toBe(text);
        expect(await official[decrypt](letter)).toBe(text);

        const answer = await ours[encrypt](text, officialCard);
        expect(await official[decrypt](answer, ours.identity)).toBe(text);
        expect(await ours[decrypt](answer)).toBe(text);
      }
      const letter = await official[encrypt](bytes, ours.identity);
      expect(bytesToHex(await ours[decrypt](letter, officialCard))).toBe(bytesToHex(bytes));
      const answer = await ours[encrypt](bytes, officialCard);
      expect(bytesToHex(await official[decrypt](answer, ours.identity))).toBe(bytesToHex(bytes));
    });
  });

  it.each(['encrypt', 'authEncrypt'] as const)('are of one length on both sides: %s', async (encrypt) => {
    const official = await stage.register(`official-length-${encrypt}`);
    const ours = await stage.registerOurs(`ours-length-${encrypt}`);
    const reader = await ours.findUsers(official.identity);
    for (const text of ['', 'hi', 'x'.repeat(155), 'x'.repeat(156), 'x'.repeat(1000)]) {
      const [theirs, mine] = [await official[encrypt](text, ours.identity), await ours[encrypt](text, reader)];
      expect(mine.length, `for ${text.length} characters`).toBe(theirs.length);
    }
  });

  it('reach several readers of either kind', async () => {
    const [erin, frank] = [await stage.register('erin'), await stage.register('frank')];
    const [grace, heidi] = [await stage.registerOurs('grace'), await stage.registerOurs('heidi')];

    const fromErin = await erin.authEncrypt('to all', ['frank', 'grace', 'heidi']);
    expect(await frank.authDecrypt(fromErin, 'erin')).toBe('to all');
    for (const client of [grace, heidi]) {
      expect(await client.authDecrypt(fromErin, await client.findUsers('erin'))).toBe('to all');
    }

    const fromGrace = await grace.authEncrypt('to all', await grace.findUsers(['erin', 'frank', 'heidi']));
    for (const device of [erin, frank]) expect(await device.authDecrypt(fromGrace, 'grace')).toBe('to all');
    expect(await heidi.authDecrypt(fromGrace, await heidi.findUsers('grace'))).toBe('to all');
  });

  it('are refused on both sides where somebody else wrote them, or the format is the other one', async () => {
    const ivan = await stage.register('ivan');
    const judy = await stage.registerOurs('judy');
    await stage.registerOurs('mallory');
    const fromIvan = await ivan.authEncrypt('hello', 'judy');
    const fromJudy = await judy.authEncrypt('hello', await judy.findUsers('ivan'));

    await expect(judy.authDecrypt(fromIvan, await judy.findUsers('mallory'))).rejects.toMatchObject({
      code: 'envelope/other-signer',
    });
    await expect(ivan.authDecrypt(fromJudy, 'mallory')).rejects.toMatchObject({ name: 'VirgilCryptoError' });
    await expect(judy.decrypt(fromIvan, await judy.findUsers('ivan'))).rejects.toMatchObject({
      code: 'envelope/not-signed',
    });
    await expect(ivan.decrypt(fromJudy, 'judy')).rejects.toMatchObject({ name: 'FoundationError' });
  });

  it('name keys by SHA-256 where both sides are set to it', async () => {
    const official = await stage.register('official-sha256', { useSha256Identifiers: true });
    const ours = await stage.registerOurs('ours-sha256', { useSha256Identifiers: true });
    const card = await ours.findUsers('official-sha256');
    expect(await ours.authDecrypt(await official.authEncrypt('hello', 'ours-sha256'), card)).toBe('hello');
    expect(await official.authDecrypt(await ours.authEncrypt('hello', card), 'ours-sha256')).toBe('hello');
  });

  it('stay readable to a user who changes from the official client to ours with the key at hand', async () => {
    const kim = await stage.register('kim');
    const leo = await stage.register('leo');
    const letters = [await leo.authEncrypt('to kim', 'kim'), await kim.authEncrypt('to self')] as const;
    const privateKey = await importPrivateKey(nodeProvider, base64ToBytes(await kim.exportPrivateKey()));
    const keyPair: KeyPair = { privateKey, publicKey: privateKey.publicKey };
    await kim.unregister();

    // The same key at the same second would make the very card that was revoked.
    const ours = await world.createClient('kim', { clock: () => Date.now() + 2000 });
    await ours.register(keyPair);

    expect(await ours.authDecrypt(letters[0], await ours.findUsers('leo'))).toBe('to kim');
    expect(await ours.authDecrypt(letters[1])).toBe('to self');
    expect(await leo.authDecrypt(await ours.authEncrypt('back', await ours.findUsers('leo')), 'kim')).toBe('back');
  });
});

describe('looking users up', () => {
  it('gives the same public keys on both sides', async () => {
    await stage.register('official-nina');
    const ours = await stage.registerOurs('ours-nina');
    const official = await officials.open('reader');
    const identities = ['official-nina', 'ours-nina'];

    const keys = await ours.lookupPublicKeys(identities);
    expect(await official.lookupPublicKeys(identities)).toEqual({
      'official-nina': bytesToHex(keys['official-nina']!.exportDer()),
      'ours-nina': bytesToHex(keys['ours-nina']!.exportDer()),
    });
    expect(await official.lookupPublicKeys('ours-nina')).toBe(bytesToHex(keys['ours-nina']!.exportDer()));
  });

  it('serves the messages of the older call', async () => {
    const oscar = await stage.register('oscar');
    const ours = await stage.registerOurs('ours-oscar');
    const letter = await oscar.encryptForKeys('hello', ['ours-oscar']);
    expect(await ours.decrypt(letter, await ours.lookupPublicKeys('oscar'))).toBe('hello');
    const answer = await ours.encrypt('hello', await ours.lookupPublicKeys(['oscar']));
    expect(await oscar.decrypt(answer, 'ours-oscar')).toBe('hello');
  });

  it('fails on both sides with errors of the same names', async () => {
    const official = await stage.register('official-peggy');
    const ours = await stage.registerOurs('ours-peggy');
    await official.publishAnotherCard();
    const failures: [(client: EThree | OfficialDevice) => Promise<unknown>, object][] = [
      [(client) => client.findUsers('nobody'), { name: 'UsersNotFoundError', identities: ['nobody'] }],
      [(client) => client.findUsers(['ours-peggy', 'nobody']), { name: 'UsersNotFoundError', identities: ['nobody'] }],
      [
        (client) => client.findUsers(['ours-peggy', 'official-peggy']),
        { name: 'UsersFoundWithMultipleCardsError', identities: ['official-peggy'] },
      ],
      [
        (client) => client.lookupPublicKeys(['ours-peggy', 'official-peggy', 'nobody']),
        {
          name: 'LookupError',
          lookupResult: {
            'ours-peggy': expect.anything(),
            'official-peggy': expect.objectContaining({ name: 'MultipleCardsError' }),
            nobody: expect.objectContaining({ name: 'LookupNotFoundError' }),
          },
        },
      ],
    ];
    for (const [call, error] of failures) {
      await expect(call(official), 'official').rejects.toMatchObject(error);
      await expect(call(ours), 'ours').rejects.toMatchObject(error);
    }
  });

  it('takes a post-quantum user of the official client for one whom ours cannot write to', async () => {
    const official = await stage.register('post-quantum', { keyPairType: 'CURVE25519_ROUND5_ED25519_FALCON' });
    expect(await official.authDecrypt(await official.authEncrypt('to self'))).toBe('to self');
    const reader = await stage.registerOurs('post-quantum-reader');
    await expect(reader.findUsers('post-quantum')).rejects.toMatchObject({ code: 'card/unsupported-key' });
    // The other way there is nothing in the way of it.
    expect(await official.authEncrypt('hello', 'post-quantum-reader')).toMatch(/^[A-Za-z0-9+/=]+$/);
  });
});

describe('unusual calls', () => {
  /** Names of errors that apps catch by class. */
  const caught = ['IdentityAlreadyExistsError', 'MissingPrivateKeyError', 'UsersNotFoundError', 'LookupError'];

  async function outcomeOf(call: Promise<unknown>): Promise<string> {
    try {
      const result = await call;
      return Buffer.isBuffer(result) ? 'a Buffer' : typeof result;
    } catch (error) {
      const { name, isTypeError = error instanceof TypeError } = error as Error & { isTypeError?: boolean };
      return caught.includes(name) ? name : isTypeError ? 'TypeError' : 'Error';
    }
  }

  type Call = (client: EThree | OfficialDevice) => Promise<unknown>;
  const wrong = (value: unknown) => value as never;

  let registered: (EThree | OfficialDevice)[];
  let strangers: (EThree | OfficialDevice)[];

  beforeAll(async () => {
    registered = [await stage.register('official-user'), await stage.registerOurs('our-user')];
    strangers = [await officials.open('official-stranger'), await world.createClient('our-stranger')];
  });

  it.each<[string, string, Call]>([
    ['finding a number', 'TypeError', (client) => client.findUsers(wrong(5))],
    ['finding undefined', 'TypeError', (client) => client.findUsers(wrong(undefined))],
    ['finding an empty name', 'TypeError', (client) => client.findUsers('')],
    ['looking up nobody', 'Error', (client) => client.lookupPublicKeys([])],
    ['looking up one twice', 'Error', (client) => client.lookupPublicKeys(['our-user', 'our-user'])],
    ['looking up a stranger', 'LookupError', (client) => client.lookupPublicKeys('nobody')],
    ['encrypting a number', 'TypeError', (client) => client.authEncrypt(wrong(5))],
    ['encrypting undefined', 'TypeError', (client) => client.authEncrypt(wrong(undefined))],
    ['encrypting an array', 'TypeError', (client) => client.authEncrypt(wrong([1, 2]))],
    ['encrypting text', 'string', (client) => client.authEncrypt('')],
    ['encrypting bytes', 'a Buffer', (client) => client.authEncrypt(Buffer.from('hi'))],
    ['encrypting base64', 'a Buffer', (client) => client.authEncrypt(wrong({ value: 'aGk=', encoding: 'base64' }))],
    ['encrypting text in the older way', 'string', (client) => client.encrypt('')],
    ['decrypting undefined', 'TypeError', (client) => client.authDecrypt(wrong(undefined))],
    ['decrypting nothing', 'Error', (client) => client.authDecrypt('')],
    ['decrypting no base64', 'Error', (client) => client.authDecrypt('%%%')],
    ['decrypting other bytes', 'Error', (client) => client.authDecrypt(Buffer.from('hello'))],
    ['decrypting text', 'string', async (client) => client.authDecrypt(await client.authEncrypt('hi'))],
    ['decrypting bytes', 'a Buffer', async (client) => client.authDecrypt(await client.authEncrypt(Buffer.from('hi')))],
    ['registering again', 'IdentityAlreadyExistsError', (client) => client.register()],
    ['asking for the key', 'boolean', (client) => client.hasLocalPrivateKey()],
  ])('end alike in both clients: %s gives %s', async (_name, outcome, call) => {
    expect(await Promise.all(registered.map((client) => outcomeOf(call(client))))).toEqual([outcome, outcome]);
  });

  it.each<[string, string, Call]>([
    ['encrypting', 'MissingPrivateKeyError', (client) => client.authEncrypt('hi')],
    ['encrypting in the older way', 'MissingPrivateKeyError', (client) => client.encrypt('hi')],
    ['decrypting', 'MissingPrivateKeyError', (client) => client.authDecrypt('aGk=')],
    ['finding oneself', 'UsersNotFoundError', (client) => client.findUsers(client.identity)],
    ['asking for the key', 'boolean', (client) => client.hasLocalPrivateKey()],
    ['cleaning up', 'undefined', (client) => client.cleanup()],
  ])('end alike in both clients before registration: %s gives %s', async (_name, outcome, call) => {
    expect(await Promise.all(strangers.map((client) => outcomeOf(call(client))))).toEqual([outcome, outcome]);
  });
});

describe('a new key of the official client', () => {
  it('is seen by ours as the next card of the chain, and old messages are read by their time', async () => {
    const quinn = await stage.register('quinn');
    const reader = await stage.registerOurs('quinn-reader');
    const before = await reader.findUsers('quinn');
    const old = await quinn.authEncrypt('of old', 'quinn-reader');
    await expect(quinn.rotatePrivateKey()).rejects.toMatchObject({ name: 'PrivateKeyAlreadyExistsError' });

    await quinn.cleanup();
    await quinn.rotatePrivateKey();

    const after = await reader.findUsers('quinn');
    expect(after).toMatchObject({ previousCardId: before.id, isOutdated: false });
    expect(after.previousCard).toMatchObject({ id: before.id, isOutdated: true });
    expect(await quinn.findUsers('quinn')).toMatchObject({
      id: after.id,
      previousCardId: before.id,
      previousCard: { id: before.id, isOutdated: true },
    });
    await expect(reader.authDecrypt(old, after)).rejects.toMatchObject({ code: 'envelope/other-signer' });
    expect(await reader.authDecrypt(old, after, new Date(before.createdAt.getTime() - 1))).toBe('of old');
    expect(await reader.authDecrypt(await quinn.authEncrypt('of late', 'quinn-reader'), after)).toBe('of late');
    expect(await quinn.authDecrypt(await reader.authEncrypt('back', after), 'quinn-reader')).toBe('back');
  });
});

describe('leaving', () => {
  it('of an official user empties the search of our client, and both can register anew', async () => {
    const rupert = await stage.register('rupert');
    const reader = await stage.registerOurs('rupert-reader');
    await reader.findUsers('rupert');

    await rupert.unregister();

    expect(await rupert.hasLocalPrivateKey()).toBe(false);
    await expect(reader.findUsers('rupert')).rejects.toMatchObject({ name: 'UsersNotFoundError' });
    await expect(rupert.unregister()).rejects.toMatchObject({ name: 'RegisterRequiredError' });
    await expect(rupert.rotatePrivateKey()).rejects.toMatchObject({ name: 'RegisterRequiredError' });

    await rupert.register();
    expect((await reader.findUsers('rupert')).previousCardId).toBeUndefined();
    await rupert.unregister();
    const ours = await stage.registerOurs('rupert');
    expect(bytesToHex((await ours.findUsers('rupert')).publicKey.exportDer())).toBe(
      (await rupert.findUsers('rupert')).publicKey,
    );
  });

  it('by cleanup leaves the card and takes the key', async () => {
    const sybil = await stage.register('sybil');
    await sybil.cleanup();
    expect(await sybil.hasLocalPrivateKey()).toBe(false);
    await expect(sybil.authEncrypt('hello')).rejects.toMatchObject({ name: 'MissingPrivateKeyError' });
    expect((await sybil.findUsers('sybil')).isOutdated).toBe(false);
  });
});

describe('tokens of the sample backend', () => {
  it('are renewed by the official client when our service calls one expired, if its token provider can', async () => {
    const trent = await officials.open('trent', { keepsToken: true });
    backend.seen.length = 0;
    aheadSeconds = 60 * 60;

    await trent.register();

    expect(backend.seen).toEqual(['POST /authenticate', 'GET /virgil-jwt']);
    expect(await trent.findUsers('trent')).toMatchObject({ identity: 'trent' });
  });

  it('are not renewed by the provider that the official client brings, as long as its own clock finds them fresh', async () => {
    const victor = await officials.open('victor');
    backend.seen.length = 0;
    aheadSeconds = 60 * 60;
    await expect(victor.register()).rejects.toMatchObject({ httpStatus: 401, errorCode: 20304 });
    expect(backend.seen).toEqual([]);
  });

  it('are not given without its sign-in', async () => {
    const response = await fetch(`${backend.url}/virgil-jwt`);
    expect(response.status).toBe(401);
    await expect(officials.open('')).rejects.toThrow(/POST \/authenticate: 400/);
  });
});
