/** Backups and group tickets between our values and the official Keyknox client, which keeps them in memory instead of at a service. */
import {
  base64ToBytes,
  bytesToBase64,
  bytesToUtf8,
  generateKeyPair,
  importPrivateKey,
  type KeyPair,
  utf8ToBytes,
} from '@sotto/core';
import {
  type BackupEntries,
  encodeBackup,
  openKeyknoxValue,
  parseBackup,
  putKeyRing,
  sealKeyknoxValue,
  takeKeyRing,
} from '@sotto/core/backup';
import { nobleProvider } from '@sotto/core/noble';
import { nodeProvider } from '@sotto/core/node';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { hex, official, officialKeyknox, type OfficialKeyPair } from './official.ts';

interface Stored {
  meta: string;
  value: string;
}

const keyknoxCrypto = new officialKeyknox.KeyknoxCrypto(official);
const nothing: BackupEntries = new Map();

/** What the official client stores, for it and for us to read: the unnamed record, and named ones by key. */
class MemoryClient extends officialKeyknox.KeyknoxClient {
  unnamed: Stored = { meta: '', value: '' };
  readonly named = new Map<string, Stored>();

  constructor() {
    super({ getToken: () => Promise.reject(new Error('nobody is asked')) });
  }

  override async v1Pull() {
    return { ...this.unnamed, version: '1.0', keyknoxHash: 'AA==' };
  }

  override async v1Push(meta: string, value: string) {
    this.unnamed = { meta, value };
    return this.v1Pull();
  }

  override async v2Pull({ root, path, key }: { root: string; path: string; key: string }) {
    const stored = this.named.get(key);
    const names = { owner: 'alice', root, path, key, keyknoxHash: 'AA==' };
    return { ...names, identities: stored ? ['alice'] : [], ...(stored ?? { meta: '', value: '' }) };
  }

  override async v2Push(options: { root: string; path: string; key: string } & Stored) {
    this.named.set(options.key, { meta: options.meta, value: options.value });
    return this.v2Pull(options);
  }
}

describe.each([nodeProvider, nobleProvider])('Keyknox, ours by $name', (provider) => {
  let brain: KeyPair;
  let theirBrain: OfficialKeyPair;
  let client: MemoryClient;

  beforeEach(async () => {
    theirBrain = official.generateKeys();
    const privateKey = await importPrivateKey(provider, official.exportPrivateKey(theirBrain.privateKey));
    brain = { privateKey, publicKey: privateKey.publicKey };
    client = new MemoryClient();
  });

  /** The official storage of a client that has just started. */
  async function officialStorage() {
    const manager = new officialKeyknox.KeyknoxManager(keyknoxCrypto, client);
    const storage = new officialKeyknox.CloudKeyStorage(manager, theirBrain.privateKey, theirBrain.publicKey);
    await storage.retrieveCloudEntries();
    return storage;
  }

  async function read({ meta, value }: Stored): Promise<Uint8Array> {
    const stored = { meta: base64ToBytes(meta), value: base64ToBytes(value) };
    return (await openKeyknoxValue(provider, stored, { keys: [brain.privateKey], signers: [brain.publicKey] }))!;
  }

  async function write(plaintext: Uint8Array): Promise<Stored> {
    const options = { plaintext, signer: brain.privateKey, recipients: [brain.publicKey] };
    const { meta, value } = await sealKeyknoxValue(provider, options);
    return { meta: bytesToBase64(meta), value: bytesToBase64(value) };
  }

  it('reads backups of the official client, and writes the same bytes again', async () => {
    const { privateKey } = await generateKeyPair(provider);
    const storage = await officialStorage();
    const { creationDate } = await storage.storeEntry('alice', bytesToBase64(privateKey.exportDer()), { a: 'b' });
    await storage.storeEntry('other', 'AAAA');

    const plaintext = await read(client.unnamed);
    const entries = parseBackup(plaintext);

    expect(bytesToUtf8(encodeBackup(entries))).toBe(bytesToUtf8(plaintext));
    expect(entries.get('alice')).toMatchObject({ createdAt: creationDate.getTime(), meta: { a: 'b' } });
    const keyRing = await takeKeyRing(provider, entries, 'alice');
    expect(hex(keyRing!.current.exportDer())).toBe(hex(privateKey.exportDer()));
  });

  it('writes backups whose current key the official client finds, and whose former keys it leaves alone', async () => {
    const [current, former] = [
      (await generateKeyPair(provider)).privateKey,
      (await generateKeyPair(provider)).privateKey,
    ];
    const entries = putKeyRing(nothing, { name: 'alice', keyRing: { current, former: [former] }, now: 1795460054885 });
    client.unnamed = await write(encodeBackup(entries));

    const storage = await officialStorage();
    const entry = storage.retrieveEntry('alice');
    expect(entry.data).toBe(bytesToBase64(current.exportDer()));
    expect(entry.creationDate.getTime()).toBe(1795460054885);
    await storage.updateEntry('alice', bytesToBase64(brain.privateKey.exportDer()));

    const keyRing = await takeKeyRing(provider, parseBackup(await read(client.unnamed)), 'alice');
    expect(hex(keyRing!.current.exportDer())).toBe(hex(brain.privateKey.exportDer()));
    expect(keyRing!.former.map((key) => hex(key.exportDer()))).toEqual([hex(former.exportDer())]);
  });

  it('trades named backups', async () => {
    const [current, former] = [
      (await generateKeyPair(provider)).privateKey,
      (await generateKeyPair(provider)).privateKey,
    ];
    const storage = await officialStorage();
    await storage.storeEntry('alice', bytesToBase64(current.exportDer()), 'theirs');
    const theirs = await takeKeyRing(provider, parseBackup(await read(client.named.get('theirs')!)));
    expect(hex(theirs!.current.exportDer())).toBe(hex(current.exportDer()));

    const entries = putKeyRing(nothing, { name: 'ours', keyRing: { current, former: [former] }, now: Date.now() });
    client.named.set('ours', await write(encodeBackup(entries)));
    expect((await storage.fetchEntryByKey('alice', 'ours')).data).toBe(bytesToBase64(current.exportDer()));
  });

  it('finds names beyond ASCII in the backups of the official client, and is found by them', async () => {
    const storage = await officialStorage();
    await storage.storeEntry('Grüße', 'AAAA');
    expect([...parseBackup(await read(client.unnamed)).keys()]).toEqual(['Grüße']);

    const entry = { name: 'Grüße 世界 🔑', data: 'AAAA', createdAt: 1, modifiedAt: 1 };
    client.unnamed = await write(encodeBackup(new Map([[entry.name, entry]])));
    expect((await officialStorage()).retrieveEntry(entry.name).data).toBe('AAAA');
  });

  it('trades values of any bytes', async () => {
    const { privateKey, publicKey } = theirBrain;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2000 }), async (bytes) => {
        const text = bytesToBase64(bytes);
        const ours = await write(bytes);
        expect(keyknoxCrypto.decrypt(ours.meta, ours.value, privateKey, publicKey)).toBe(text);
        const { metadata: meta, encryptedData: value } = keyknoxCrypto.encrypt(text, privateKey, publicKey);
        expect(bytesToBase64(await read({ meta, value }))).toBe(text);
      }),
    );
  });

  it('is opened by neither side with another key', async () => {
    const [mine, theirs] = [await generateKeyPair(provider), official.generateKeys()];
    const stored = await write(utf8ToBytes('{}'));
    expect(() => keyknoxCrypto.decrypt(stored.meta, stored.value, theirs.privateKey, theirs.publicKey)).toThrow();
    const value = { meta: base64ToBytes(stored.meta), value: base64ToBytes(stored.value) };
    await expect(
      openKeyknoxValue(provider, value, { keys: [mine.privateKey], signers: [mine.publicKey] }),
    ).rejects.toMatchObject({ code: 'envelope/not-a-recipient' });
  });
});
