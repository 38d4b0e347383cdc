import { beforeAll, describe, expect, it } from 'vitest';
import { bytesToBase64, bytesToHex } from '../encoding/text.ts';
import { generateKeyPair } from '../keys/generate.ts';
import type { PrivateKey } from '../keys/key.ts';
import { nodeProvider } from '../provider/node.ts';
import { type BackupEntries, encodeBackup, parseBackup } from './backup-entries.ts';
import { putKeyRing, takeKeyRing } from './backup-key-ring.ts';

let keys: PrivateKey[];
const none: BackupEntries = new Map();
const stored = (entries: BackupEntries) => parseBackup(encodeBackup(entries));
const identifiers = (ring: Awaited<ReturnType<typeof takeKeyRing>>) =>
  ring && [ring.current, ...ring.former].map(({ identifier }) => bytesToHex(identifier));
const identifiersOf = (...ring: PrivateKey[]) => ring.map(({ identifier }) => bytesToHex(identifier));
const dataOf = (key: PrivateKey) => bytesToBase64(key.exportDer());

beforeAll(async () => {
  keys = await Promise.all(
    (['ED25519', 'ED25519', 'SECP256R1'] as const).map(
      async (type) => (await generateKeyPair(nodeProvider, type)).privateKey,
    ),
  );
});

describe('a key ring in a backup', () => {
  it('has each key once, also after a former key has become the current one', () => {
    const [old, next] = keys as [PrivateKey, PrivateKey];
    const before = putKeyRing(none, { name: 'alice', keyRing: { current: old, former: [next] }, now: 7 });
    const after = putKeyRing(before, { name: 'alice', keyRing: { current: next, former: [old] }, now: 8 });
    expect([...after.values()].map(({ data }) => data)).toEqual([dataOf(next), dataOf(old)]);
  });

  it('is taken out as it was put in', async () => {
    const [current, ...former] = keys as [PrivateKey, ...PrivateKey[]];
    const entries = stored(putKeyRing(none, { name: 'alice', keyRing: { current, former }, now: 7 }));
    expect(identifiers(await takeKeyRing(nodeProvider, entries, 'alice'))).toEqual(identifiersOf(...keys));
  });

  it('has the current key first, under the name that official clients look for', () => {
    const [current, ...former] = keys as [PrivateKey, ...PrivateKey[]];
    const entries = stored(putKeyRing(none, { name: 'alice', keyRing: { current, former }, now: 7 }));
    expect([...entries.values()][0]).toEqual({ name: 'alice', data: dataOf(current), createdAt: 7, modifiedAt: 7 });
    expect([...entries.keys()].slice(1)).toEqual(
      identifiersOf(...former).map((identifier) => `sotto-former-key:${identifier}`),
    );
  });

  it('of a named backup is found whatever the name of its first entry', async () => {
    const [current, former] = keys as [PrivateKey, PrivateKey];
    const entries = stored(putKeyRing(none, { name: 'whatever', keyRing: { current, former: [former] }, now: 7 }));
    expect(identifiers(await takeKeyRing(nodeProvider, entries))).toEqual(identifiersOf(current, former));
  });

  it('is not there without a current key', async () => {
    const [current, former] = keys as [PrivateKey, PrivateKey];
    const entries = new Map(putKeyRing(none, { name: 'alice', keyRing: { current, former: [former] }, now: 7 }));
    entries.delete('alice');
    expect(await takeKeyRing(nodeProvider, entries, 'alice')).toBeUndefined();
    expect(await takeKeyRing(nodeProvider, entries)).toBeUndefined();
    expect(await takeKeyRing(nodeProvider, none)).toBeUndefined();
  });

  it('goes beside what else is there, and keeps former keys that it does not have', async () => {
    const [first, second, third] = keys as [PrivateKey, PrivateKey, PrivateKey];
    const other = { name: 'other', data: 'AAAA', createdAt: 1, modifiedAt: 1 };
    const before = putKeyRing(new Map([['other', other]]), {
      name: 'alice',
      keyRing: { current: second, former: [first] },
      now: 7,
    });
    const after = stored(putKeyRing(before, { name: 'alice', keyRing: { current: third, former: [second] }, now: 8 }));
    expect(after.get('other')).toEqual(other);
    expect([...after.keys()][0]).toBe('alice');
    expect(identifiers(await takeKeyRing(nodeProvider, after, 'alice'))).toEqual(identifiersOf(third, second, first));
  });

  it('leaves the dates of what it does not change', () => {
    const [current, next] = keys as [PrivateKey, PrivateKey];
    const before = putKeyRing(none, { name: 'alice', keyRing: { current, former: [] }, now: 7 });
    const same = putKeyRing(before, { name: 'alice', keyRing: { current, former: [] }, now: 8 });
    expect(same).toEqual(before);
    const changed = putKeyRing(before, { name: 'alice', keyRing: { current: next, former: [current] }, now: 9 });
    expect([...changed.values()].map(({ createdAt, modifiedAt }) => [createdAt, modifiedAt])).toEqual([
      [7, 9],
      [9, 9],
    ]);
    expect(before.get('alice')).toMatchObject({ data: dataOf(current), modifiedAt: 7 });
  });

  it.each([
    ['backup/malformed', 'no base64'],
    ['key/malformed', 'AAAA'],
  ])('is refused with %s where a key is %s', async (code, data) => {
    const entries = new Map([['alice', { name: 'alice', data, createdAt: 1, modifiedAt: 1 }]]);
    await expect(takeKeyRing(nodeProvider, entries, 'alice')).rejects.toMatchObject({ code });
  });
});
