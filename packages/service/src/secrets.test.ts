import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSecrets } from './secrets.ts';
import { makeTemporaryFolder } from './test-kit.ts';

let dataDir: string;
const keyFile = () => join(dataDir, 'secrets', 'service-key.pem');
const chainFile = () => join(dataDir, 'secrets', 'service-keys.json');

beforeEach(() => {
  dataDir = makeTemporaryFolder();
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

test('the first start makes a key that only its owner can read, and says where', async () => {
  const secrets = await openSecrets({ dataDir });
  expect(secrets).toMatchObject({ isNew: true, keyFile: keyFile() });
  expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, 'secrets')).mode & 0o777).toBe(0o700);
  expect(readFileSync(keyFile(), 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  expect(readdirSync(join(dataDir, 'secrets')).sort()).toEqual(['service-key.pem', 'service-keys.json']);
});

test('the next start has the same key', async () => {
  const first = await openSecrets({ dataDir });
  const second = await openSecrets({ dataDir });
  expect(second.isNew).toBe(false);
  expect(second.serviceKey.keyId).toBe(first.serviceKey.keyId);
  expect(second.serviceKey.chain).toEqual(first.serviceKey.chain);
});

test('first starts at one time agree on one key', async () => {
  const opened = await Promise.all(Array.from({ length: 8 }, () => openSecrets({ dataDir })));
  expect(new Set(opened.map(({ serviceKey }) => serviceKey.keyId)).size).toBe(1);
  expect(opened.filter(({ isNew }) => isNew)).toHaveLength(1);
});

test('a key from elsewhere is used where it is, and never made there', async () => {
  const { privateKey, publicKey } = await generateKeyPair(nodeProvider);
  const serviceKeyFile = join(dataDir, 'own.pem');
  await expect(openSecrets({ dataDir, serviceKeyFile })).rejects.toMatchObject({ code: 'secrets/unreadable' });
  writeFileSync(serviceKeyFile, privateKey.exportPem());
  const secrets = await openSecrets({ dataDir, serviceKeyFile });
  expect(secrets.isNew).toBe(false);
  expect(secrets.serviceKey.privateKey.publicKey.exportDer()).toEqual(publicKey.exportDer());
  expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['service-keys.json']);
});

test('a key that is not of the chain stops the start', async () => {
  await openSecrets({ dataDir });
  const { privateKey } = await generateKeyPair(nodeProvider);
  writeFileSync(keyFile(), privateKey.exportPem());
  await expect(openSecrets({ dataDir })).rejects.toMatchObject({
    code: 'secrets/mismatch',
    message: expect.stringContaining('service-key.pem'),
  });
});

test.each([
  ['not a key', 'nonsense'],
  ['an empty file', ''],
])('a key file that is %s stops the start', async (_, content) => {
  await openSecrets({ dataDir });
  writeFileSync(keyFile(), content);
  await expect(openSecrets({ dataDir })).rejects.toMatchObject({ code: 'secrets/unreadable' });
});

test('a key that clients cannot use for a service stops the start', async () => {
  const { privateKey } = await generateKeyPair(nodeProvider, 'CURVE25519');
  const serviceKeyFile = join(dataDir, 'own.pem');
  writeFileSync(serviceKeyFile, privateKey.exportPem());
  await expect(openSecrets({ dataDir, serviceKeyFile })).rejects.toMatchObject({ code: 'secrets/unreadable' });
});

test.each(['not json', '[]', '[{"publicKey":5}]'])('a chain that reads %s stops the start', async (content) => {
  await openSecrets({ dataDir });
  writeFileSync(chainFile(), content);
  await expect(openSecrets({ dataDir })).rejects.toMatchObject({ code: 'secrets/unreadable' });
});
