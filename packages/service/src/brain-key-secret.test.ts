import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesToBase64 } from '@sotto/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBrainKeySecret } from './brain-key-secret.ts';
import { databaseFile, startService } from './service.ts';
import { openStore, type Store } from './store/store.ts';
import { makeTemporaryFolder } from './test-kit.ts';

let dataDir: string;
let store: Store;
const secretFile = () => join(dataDir, 'secrets', 'brain-key-secret');
const someSecret = () => `${bytesToBase64(randomBytes(32))}\n`;

beforeEach(async () => {
  dataDir = makeTemporaryFolder();
  store = await openStore({ file: databaseFile(dataDir) });
});

afterEach(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test('the first start makes 32 bytes that only their owner can read, and says where', async () => {
  const opened = await openBrainKeySecret(store, { dataDir });
  expect(opened).toMatchObject({ isNew: true, file: secretFile() });
  expect(opened.secret).toHaveLength(32);
  expect(readFileSync(secretFile(), 'utf8')).toBe(`${bytesToBase64(opened.secret)}\n`);
  expect(statSync(secretFile()).mode & 0o777).toBe(0o600);
});

test('the next start has the same', async () => {
  const first = await openBrainKeySecret(store, { dataDir });
  const second = await openBrainKeySecret(store, { dataDir });
  expect(second).toEqual({ ...first, isNew: false });
});

test('first starts at one time agree on one', async () => {
  const opened = await Promise.all(Array.from({ length: 8 }, () => openBrainKeySecret(store, { dataDir })));
  expect(new Set(opened.map(({ secret }) => bytesToBase64(secret))).size).toBe(1);
  expect(opened.filter(({ isNew }) => isNew)).toHaveLength(1);
});

test('one that is lost is not made anew: the service does not start, and says which file is missing', async () => {
  await (await startService({ dataDir, port: 0 })).close();
  unlinkSync(secretFile());
  await expect(startService({ dataDir, port: 0 })).rejects.toMatchObject({
    code: 'secrets/unreadable',
    message: expect.stringContaining(secretFile()),
  });
});

test('the secret of another database stops the start, and is not taken for the right one later', async () => {
  const { secret } = await openBrainKeySecret(store, { dataDir });
  writeFileSync(secretFile(), someSecret());
  for (let i = 0; i < 2; i++) {
    await expect(openBrainKeySecret(store, { dataDir })).rejects.toMatchObject({ code: 'secrets/mismatch' });
  }
  writeFileSync(secretFile(), bytesToBase64(secret));
  expect((await openBrainKeySecret(store, { dataDir })).secret).toEqual(secret);
});

test('the database does not hold the secret', async () => {
  const { secret } = await openBrainKeySecret(store, { dataDir });
  const facts = await store.reader.selectFrom('installation_facts').selectAll().execute();
  expect(facts).toHaveLength(1);
  for (const encoding of ['hex', 'base64', 'latin1'] as const) {
    expect(JSON.stringify(facts)).not.toContain(Buffer.from(secret).toString(encoding));
  }
});

test('one from elsewhere is used where it is, and never made there', async () => {
  const brainKeySecretFile = join(dataDir, 'own');
  await expect(openBrainKeySecret(store, { dataDir, brainKeySecretFile })).rejects.toMatchObject({
    code: 'secrets/unreadable',
  });
  const text = someSecret();
  writeFileSync(brainKeySecretFile, text);
  const opened = await openBrainKeySecret(store, { dataDir, brainKeySecretFile });
  expect(opened).toMatchObject({ isNew: false, file: brainKeySecretFile });
  expect(bytesToBase64(opened.secret)).toBe(text.trim());
});

test.each([
  ['no base64', 'nonsense!'],
  ['empty', ''],
  ['too short', bytesToBase64(randomBytes(31))],
])('one that is %s stops the start', async (_, content) => {
  const brainKeySecretFile = join(dataDir, 'own');
  writeFileSync(brainKeySecretFile, content);
  await expect(openBrainKeySecret(store, { dataDir, brainKeySecretFile })).rejects.toMatchObject({
    code: 'secrets/unreadable',
  });
});
