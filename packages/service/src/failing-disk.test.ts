import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawCard } from '@sotto/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTokenIssuer, startProgram } from './program-kit.ts';
import { databaseFile, startService } from './service.ts';
import { openStore } from './store/store.ts';
import { callService, createCard, expectRefusal, idOf, makeTemporaryFolder, type Call } from './test-kit.ts';

// Of another process, the size that its files may grow to: what lies beyond is refused by the system as a failing disk does it.
const canLimit = spawnSync('prlimit', ['--version']).status === 0;

let dataDir: string;

beforeEach(() => {
  dataDir = makeTemporaryFolder();
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const search: Call = { method: 'POST', path: '/card/v5/actions/search', body: { identities: ['alice'] } };

describe('a service whose disk fails', () => {
  test.runIf(canLimit)(
    'to write says that it is not ready, goes on reading, and takes the same once it can',
    async () => {
      const token = await (await createTokenIssuer(dataDir))('alice');
      const { child, url } = await startProgram(dataDir);
      const limit = (bytes: string) => spawnSync('prlimit', [`--pid=${child.pid}`, `--fsize=${bytes}:`]);
      const publish = (body: RawCard) => callService(url, { method: 'POST', path: '/card/v5', token, body });
      const [first, second] = [(await createCard('alice')).raw, (await createCard('alice')).raw];
      expect((await publish(first)).status).toBe(200);

      limit('0');
      expectRefusal(await publish(second), 'service/not-ready');
      const found = await callService(url, { ...search, token });
      expect(found.body.map(idOf)).toEqual([idOf(first)]);

      limit('unlimited');
      expect((await publish(second)).status).toBe(200);
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    },
  );

  test('to read says that it is not ready, and never that nobody is there', async () => {
    const token = await (await createTokenIssuer(dataDir))('alice');
    const service = await startService({ dataDir, port: 0 });
    truncateSync(databaseFile(dataDir), 8192);
    expectRefusal(await callService(service.url, { ...search, token }), 'service/not-ready');
    await expect(service.close()).rejects.toThrow('the file cannot be used');
  });
});

describe('a start', () => {
  const file = () => databaseFile(dataDir);
  const start = () => startService({ dataDir, port: 0 });
  const startAndClose = async () => {
    await expect((await start()).close()).resolves.toBeUndefined();
  };

  test.each([
    ['missing', (path: string) => rmSync(path)],
    ['empty', (path: string) => truncateSync(path)],
  ])('over a data folder whose database is %s is refused, and makes none', async (_, lose) => {
    await startAndClose();
    for (const suffix of ['-wal', '-shm']) rmSync(file() + suffix, { force: true });
    lose(file());
    await expect(start()).rejects.toMatchObject({ code: 'database/gone' });
    expect(existsSync(file()) ? statSync(file()).size : 0).toBe(0);
  });

  test('that was killed before its secret was made is made up for by the next', async () => {
    await startAndClose();
    rmSync(join(dataDir, 'secrets', 'brain-key-secret'));
    const store = await openStore({ file: file() });
    await store.transact((db) => db.deleteFrom('installation_facts').execute());
    await store.close();
    const service = await start();
    expect((await callService(service.url, { path: '/readyz' })).status).toBe(200);
    await service.close();
  });

  test('over secrets that are elsewhere makes a database', async () => {
    await startAndClose();
    const secretsDir = makeTemporaryFolder();
    cpSync(join(dataDir, 'secrets'), secretsDir, { recursive: true });
    rmSync(dataDir, { recursive: true });
    const service = await startService({ dataDir, secretsDir, port: 0 });
    expect((await callService(service.url, { path: '/readyz' })).status).toBe(200);
    await service.close();
    rmSync(secretsDir, { recursive: true });
  });

  test.each([
    ['is no database', (path: string) => writeFileSync(path, 'no database '.repeat(1000))],
    ['was cut off', (path: string) => truncateSync(path, 3 * 4096)],
  ])('over a file that %s is refused', async (_, damage) => {
    await startAndClose();
    for (const suffix of ['-wal', '-shm']) rmSync(file() + suffix, { force: true });
    damage(file());
    await expect(start()).rejects.toMatchObject({ code: 'database/corrupt' });
  });

  test('over a place where no file can be made says so', async () => {
    writeFileSync(join(dataDir, 'no-folder'), '');
    const secretsDir = join(dataDir, 'secrets');
    await startAndClose();
    const refused = startService({ dataDir: join(dataDir, 'no-folder'), secretsDir, port: 0 });
    await expect(refused).rejects.toMatchObject({ code: 'database/unreachable' });
  });
});
