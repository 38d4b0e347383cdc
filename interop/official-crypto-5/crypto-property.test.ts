/** The `virgilCrypto` property of our client takes and gives what the official crypto library does, but for promises. */
import type { EThree } from '@sotto/e3kit';
import { startWorld, type World } from '@sotto/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hex, official } from './official.ts';

const text = 'Grüße, 世界 🔐';
const encodings = [
  ['text', text],
  ['bytes', Buffer.from(text)],
  ['utf8', { value: text, encoding: 'utf8' }],
  ['base64', { value: Buffer.from(text).toString('base64'), encoding: 'base64' }],
  ['hex', { value: Buffer.from(text).toString('hex'), encoding: 'hex' }],
] as const;

let world: World;
let ours: EThree['virgilCrypto'];

beforeAll(async () => {
  world = await startWorld();
  ours = (await world.createClient('alice')).virgilCrypto;
});

afterAll(async () => {
  await world.close();
});

/** The same new key pair in both libraries, brought over as base64. */
async function makeKeys() {
  const theirs = official.generateKeys();
  const privateKey = await ours.importPrivateKey(official.exportPrivateKey(theirs.privateKey).toString('base64'));
  const publicKey = await ours.importPublicKey(official.exportPublicKey(theirs.publicKey).toString('base64'));
  return { theirs, ours: { privateKey, publicKey } };
}

describe('our virgilCrypto', () => {
  it('exports and derives keys as the official one', async () => {
    const keys = await makeKeys();
    expect(await ours.exportPrivateKey(keys.ours.privateKey)).toEqual(
      official.exportPrivateKey(keys.theirs.privateKey),
    );
    expect(await ours.exportPublicKey(keys.ours.publicKey)).toEqual(official.exportPublicKey(keys.theirs.publicKey));
    const extracted = await ours.extractPublicKey(keys.ours.privateKey);
    expect(hex(await ours.exportPublicKey(extracted))).toBe(hex(official.exportPublicKey(keys.theirs.publicKey)));

    const material = Buffer.alloc(40, 7).toString('base64');
    const { privateKey } = await ours.generateKeysFromKeyMaterial(material);
    expect(await ours.exportPrivateKey(privateKey)).toEqual(
      official.exportPrivateKey(official.generateKeysFromKeyMaterial(material).privateKey),
    );
  });

  it.each(encodings)('reads data given as %s as the official one does', async (_name, data) => {
    const keys = await makeKeys();
    const hash = await ours.calculateHash(data);
    expect(hash).toEqual(official.calculateHash(data));
    const signature = await ours.calculateSignature(data, keys.ours.privateKey);
    expect(signature).toEqual(official.calculateSignature(data, keys.theirs.privateKey));
    for (const given of [signature, Buffer.from(signature).toString('base64')]) {
      expect(official.verifySignature(data, given, keys.theirs.publicKey)).toBe(true);
      expect(await ours.verifySignature(data, given, keys.ours.publicKey)).toBe(true);
    }

    const messages = [
      await ours.encrypt(data, keys.ours.publicKey),
      await ours.signThenEncrypt(data, keys.ours.privateKey, [keys.ours.publicKey], true),
      await ours.signAndEncrypt(data, keys.ours.privateKey, keys.ours.publicKey, true),
    ].map((message) => Buffer.from(message).toString('base64'));
    const { privateKey, publicKey } = keys.theirs;
    expect(official.decrypt(messages[0]!, privateKey).toString()).toBe(text);
    expect(official.decryptThenVerify(messages[1]!, privateKey, publicKey).toString()).toBe(text);
    expect(official.decryptAndVerify(messages[2]!, privateKey, publicKey).toString()).toBe(text);

    const answers = [
      official.encrypt(data, publicKey),
      official.signThenEncrypt(data, privateKey, publicKey, true),
      official.signAndEncrypt(data, privateKey, [publicKey], true),
    ].map((message) => message.toString('base64'));
    const opened = [
      await ours.decrypt(answers[0]!, keys.ours.privateKey),
      await ours.decryptThenVerify(answers[1]!, keys.ours.privateKey, keys.ours.publicKey),
      await ours.decryptAndVerify(answers[2]!, keys.ours.privateKey, [keys.ours.publicKey]),
    ];
    for (const plaintext of opened) expect(plaintext).toEqual(Buffer.from(text));
  });

  it('knows hashes by the names of Web Crypto, and gives those of the official one', async () => {
    for (const [name, officialName] of [
      ['SHA-256', official.hashAlgorithm.SHA256],
      ['SHA-384', official.hashAlgorithm.SHA384],
      ['SHA-512', official.hashAlgorithm.SHA512],
    ] as const) {
      expect(hex(await ours.calculateHash(text, name))).toBe(hex(official.calculateHash(text, officialName)));
    }
  });
});
