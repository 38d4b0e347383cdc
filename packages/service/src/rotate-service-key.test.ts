import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { base64ToBytes, followServiceKeys, importPublicKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { activateServiceKey, announceServiceKey, readServiceKeyState } from './rotate-service-key.ts';
import { openSecrets, readServiceKeys } from './secrets.ts';
import { startService, type RunningService } from './service.ts';
import { findSetting, SERVICE_KEY_SETTING, setSetting } from './store/installation-settings.ts';
import { NODE_GONE_MILLISECONDS } from './store/nodes.ts';
import { callService, expectRefusal, makeTemporaryFolder } from './test-kit.ts';

let dataDir: string;
let service: RunningService;
let now: number;
const installation = () => ({ store: service.store, secrets: { dataDir }, now });
const keyFile = () => join(dataDir, 'secrets', 'service-key.pem');
const nextFile = () => join(dataDir, 'secrets', 'service-key-next.pem');

beforeEach(async () => {
  dataDir = makeTemporaryFolder();
  now = Date.now();
  service = await start();
});

afterEach(async () => {
  await service.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<RunningService> {
  return startService({ dataDir, port: 0, clock: () => now });
}

async function restart(): Promise<void> {
  await service.close();
  service = await start();
}

async function activeKeyId(): Promise<string | undefined> {
  return findSetting(service.store.reader, SERVICE_KEY_SETTING);
}

async function rotate(): Promise<void> {
  await announceServiceKey(installation());
  await restart();
  await activateServiceKey(installation());
}

test('a client that pinned any earlier key follows the chain to the current one', async () => {
  const { serviceKey: first } = await openSecrets({ dataDir });
  await rotate();
  await rotate();
  const { serviceKey: current } = await openSecrets({ dataDir });
  expect(current.chain).toHaveLength(3);
  const chain = current.chain.map(({ publicKey, signature }) => ({
    publicKey: importPublicKey(base64ToBytes(publicKey)),
    signature: signature === undefined ? undefined : base64ToBytes(signature),
  }));
  for (const { publicKey: pinned } of chain) {
    const followed = await followServiceKeys(nodeProvider, { pinned, chain });
    expect(followed?.exportDer()).toEqual(current.privateKey.publicKey.exportDer());
  }
  expect(current.chain.map(({ keyId }) => keyId)).toContain(first.keyId);
});

test('an announced key lies beside the active one, for its owner alone, and takes its place when it is activated', async () => {
  const { serviceKey: before } = await openSecrets({ dataDir });
  const announced = await announceServiceKey(installation());
  expect(statSync(nextFile()).mode & 0o777).toBe(0o600);
  expect(await openSecrets({ dataDir })).toMatchObject({
    serviceKey: { keyId: before.keyId, chain: before.chain },
    nextServiceKey: { keyId: announced.keyId },
  });
  await restart();
  await activateServiceKey(installation());
  expect(existsSync(nextFile())).toBe(false);
  expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
  expect(await openSecrets({ dataDir })).toMatchObject({
    serviceKey: { keyId: announced.keyId },
    nextServiceKey: undefined,
  });
});

test('one that was announced again replaces the first', async () => {
  const first = await announceServiceKey(installation());
  const second = await announceServiceKey(installation());
  const { nextServiceKey } = await openSecrets({ dataDir });
  expect(nextServiceKey?.keyId).toBe(second.keyId);
  expect(nextServiceKey?.chain.map(({ keyId }) => keyId)).not.toContain(first.keyId);
});

test('an announcement that was stopped between chain and key has not happened', async () => {
  const before = await openSecrets({ dataDir });
  await announceServiceKey(installation());
  rmSync(nextFile());
  expect(await openSecrets({ dataDir })).toMatchObject({
    serviceKey: { keyId: before.serviceKey.keyId, chain: before.serviceKey.chain },
    nextServiceKey: undefined,
  });
  await expect(activateServiceKey(installation())).rejects.toMatchObject({ code: 'service-key/none-announced' });
});

test('an activation that was stopped before the files were moved is finished by the next', async () => {
  await announceServiceKey(installation());
  await restart();
  const [former, next] = [readFileSync(keyFile(), 'utf8'), readFileSync(nextFile(), 'utf8')];
  const activated = await activateServiceKey(installation());
  writeFileSync(keyFile(), former);
  writeFileSync(nextFile(), next);
  expect((await activateServiceKey(installation())).keyId).toBe(activated.keyId);
  expect(readFileSync(keyFile(), 'utf8')).toBe(next);
  expect(existsSync(nextFile())).toBe(false);
  await expect(activateServiceKey(installation())).rejects.toMatchObject({ code: 'service-key/none-announced' });
});

test('a service that looks for announced keys makes none in place of one that is gone', async () => {
  expect((await readServiceKeys({ dataDir })).map(({ keyId }) => keyId)).toEqual([await activeKeyId()]);
  rmSync(keyFile());
  await expect(readServiceKeys({ dataDir })).rejects.toMatchObject({ code: 'secrets/unreadable' });
  expect(existsSync(keyFile())).toBe(false);
  rmSync(join(dataDir, 'secrets'), { recursive: true });
  await expect(readServiceKeys({ dataDir })).rejects.toMatchObject({ code: 'secrets/unreadable' });
  expect(existsSync(join(dataDir, 'secrets'))).toBe(false);
});

test('a node that lacks the key that signs says that it is not ready', async () => {
  const ask = async () => callService(service.url, { path: '/readyz' });
  expect((await ask()).status).toBe(200);
  await service.store.transact((transaction) => setSetting(transaction, SERVICE_KEY_SETTING, '0'.repeat(16)));
  expect(await ask()).toMatchObject({ status: 503, body: { code: 70010 } });
  expectRefusal(await callService(service.url, { path: '/.well-known/sotto' }), 'service/not-ready');
});

test('a key is not activated while a node that runs lacks it', async () => {
  await announceServiceKey(installation());
  await expect(activateServiceKey(installation())).rejects.toMatchObject({
    code: 'service-key/not-everywhere',
    details: { nodes: [expect.any(String)] },
  });
  const { active, announced, nodes } = await readServiceKeyState(installation());
  expect([active.keyId, announced?.keyId]).toEqual([active.keyId, expect.any(String)]);
  expect(nodes).toMatchObject([{ isReady: false }]);
  // A node that was killed says nothing more.
  now += NODE_GONE_MILLISECONDS + 1;
  await activateServiceKey(installation());
});

test('a node that was stopped is on no list', async () => {
  const { store } = service;
  const other = await start();
  expect((await readServiceKeyState({ ...installation(), store })).nodes).toHaveLength(2);
  await other.close();
  expect((await readServiceKeyState({ ...installation(), store })).nodes).toHaveLength(1);
});

test('a node whose files were not brought up to date serves on with the key that it found announced', async () => {
  await announceServiceKey(installation());
  await restart();
  const saved = [join(dataDir, 'saved.pem'), join(dataDir, 'saved-next.pem')] as const;
  copyFileSync(keyFile(), saved[0]);
  copyFileSync(nextFile(), saved[1]);
  const { chain } = await activateServiceKey(installation());
  copyFileSync(saved[0], keyFile());
  copyFileSync(saved[1], nextFile());
  await restart();
  expect(service.servicePublicKey).toBe(chain.at(-1)?.publicKey);
  // The next rotation begins with the key that signs.
  const { chain: next } = await announceServiceKey(installation());
  expect(next.slice(0, -1)).toEqual(chain);
});

test('a service whose key is not that of its database does not start, nor is its key replaced', async () => {
  await service.close();
  const saved = join(dataDir, 'saved.pem');
  copyFileSync(keyFile(), saved);
  service = await start();
  await rotate();
  copyFileSync(saved, keyFile());
  await expect(announceServiceKey(installation())).rejects.toMatchObject({ code: 'service-key/not-here' });
  await expect(start()).rejects.toMatchObject({
    code: 'secrets/mismatch',
    message: expect.stringContaining('service-key.pem'),
  });
});
