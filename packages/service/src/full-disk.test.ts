import { once } from 'node:events';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesToBase64, utf8ToBytes, type RawCard } from '@sotto/core';
import { startPythia } from '@sotto/core/backup';
import { nodeProvider } from '@sotto/core/node';
import { canMountDisk, openSmallDisk, type SmallDisk } from '@sotto/testing/small-disk';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTokenIssuer, startProgram, type Program } from './program-kit.ts';
import { StoreFullError } from './store/errors.ts';
import { openStore, type Queryable } from './store/store.ts';
import {
  callService,
  createCard,
  expectRefusal,
  idOf,
  makeTemporaryFolder,
  type Answer,
  type Call,
} from './test-kit.ts';

const canRun = canMountDisk();
const skipped = canRun ? '' : ' (skipped, this system lets nobody mount one)';
const DISK_BYTES = 4 * 1024 * 1024;
const RECORD = { root: 'r', path: 'p', key: 'k' };

test('a transaction that finds no room is undone and says why, and the next one is none the worse', async () => {
  const folder = makeTemporaryFolder();
  const store = await openStore({ file: join(folder, 'sotto.db') });
  const insert = (db: Queryable, id: string, name: string) =>
    db.insertInto('applications').values({ application_id: id, name, created_at: 1 }).execute();
  await store.transact((db) => sql`pragma max_page_count = 100`.execute(db));
  const tooMuch = store.transact(async (db) => {
    await insert(db, 'a', 'small');
    await insert(db, 'b', 'large '.repeat(100_000));
  });
  await expect(tooMuch).rejects.toThrow(StoreFullError);
  await store.transact((db) => insert(db, 'c', 'small'));
  expect(await store.reader.selectFrom('applications').select('application_id').execute()).toEqual([
    { application_id: 'c' },
  ]);
  await store.close();
  await rm(folder, { recursive: true });
});

// A disk that is really full: a small one of its own, under the service as a program.
describe.runIf(canRun)(`the service on a full disk${skipped}`, () => {
  let disk: SmallDisk;
  let program: Program;
  let token: string;

  beforeEach(async () => {
    const made = makeTemporaryFolder();
    token = await (await createTokenIssuer(made))('alice');
    disk = await openSmallDisk(DISK_BYTES);
    await cp(made, join(disk.folder, 'data'), { recursive: true });
    await rm(made, { recursive: true });
    program = await start();
  });
  afterEach(async () => {
    await stop('SIGTERM');
    await disk.close();
  });

  const start = () => startProgram(join(disk.folderInside, 'data'), disk.inside);

  async function stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const ended = once(program.child, 'exit');
    program.child.kill(signal);
    await ended;
  }

  const send = (call: Call): Promise<Answer> => callService(program.url, { method: 'POST', token, ...call });
  const publish = (body: RawCard) => send({ path: '/card/v5', body });
  const put = (number: number) => send({ method: 'PUT', path: '/keyknox/v1', body: content(number) });
  const push = (key: string, number: number) =>
    send({ path: '/keyknox/v2/push', body: { ...RECORD, key, identities: ['alice'], ...content(number) } });
  const pull = async (key: string) => (await send({ path: '/keyknox/v2/pull', body: { ...RECORD, key } })).body;

  async function findCards(): Promise<string[]> {
    const { status, body } = await send({ path: '/card/v5/actions/search', body: { identities: ['alice'] } });
    expect(status).toBe(200);
    return (body as RawCard[]).map(idOf);
  }

  test('refuses whatever has to be written, by its code, goes on answering reads, and takes the same once there is room', async () => {
    const [first, second] = [(await createCard('alice')).raw, (await createCard('alice')).raw];
    const { request } = await startPythia(nodeProvider, utf8ToBytes('secret'));
    for (const { status } of [await publish(first), await push('k', 1)]) expect(status).toBe(200);
    await disk.leave(0);

    const writes: readonly (() => Promise<Answer>)[] = [
      () => publish(second),
      () => put(2),
      () => push('another', 2),
      () => send({ path: '/keyknox/v2/reset', body: RECORD }),
      () => send({ path: '/pythia/v1/brainkey', body: { blinded_password: bytesToBase64(request) } }),
      () => send({ path: `/card/v5/actions/revoke/${idOf(first)}` }),
    ];
    for (const write of writes) {
      const answer = await write();
      expectRefusal(answer, 'service/full');
    }
    expect(await findCards()).toEqual([idOf(first)]);
    expect(await pull('k')).toMatchObject(content(1));
    expect((await send({ method: 'GET', path: '/keyknox/v1' })).body).toMatchObject({ meta: '', value: '' });
    expect((await send({ method: 'GET', path: '/readyz' })).status).toBe(200);
    expect(program.log()).toContain('the disk of the database is full: database or disk is full');

    await disk.empty();
    for (const write of writes) expect((await write()).status).toBe(200);
    expect(await findCards()).toEqual([idOf(second)]);
    expect(await pull('another')).toMatchObject(content(2));
  });

  test('that fills while it is written to has lost nothing that was acknowledged, and starts again without room', async () => {
    await disk.leave(DISK_BYTES / 4);
    const published: string[] = [];
    const pushed = new Map<string, number>();
    const publishUntilRefused = async (): Promise<Answer> => {
      for (;;) {
        const { raw } = await createCard('alice');
        const answer = await publish(raw);
        if (answer.status !== 200) return answer;
        published.push(idOf(raw));
      }
    };
    const pushUntilRefused = async (name: string): Promise<Answer> => {
      for (let number = 0; ; number++) {
        const answer = await push(`${name} ${number}`, number);
        if (answer.status !== 200) return answer;
        pushed.set(`${name} ${number}`, number);
      }
    };
    const refusals = await Promise.all([publishUntilRefused(), pushUntilRefused('a'), pushUntilRefused('b')]);
    for (const refusal of refusals) expectRefusal(refusal, 'service/full');
    expect(Math.min(published.length, pushed.size)).toBeGreaterThan(3);

    await stop('SIGKILL');
    program = await start();
    const found = new Set(await findCards());
    expect(published.filter((id) => !found.has(id))).toEqual([]);
    for (const [key, number] of pushed) expect(await pull(key)).toMatchObject(content(number));

    await disk.empty();
    expect((await publish((await createCard('alice')).raw)).status).toBe(200);
  });
});

/** Of several pages of the database. */
function content(number: number) {
  return {
    meta: bytesToBase64(utf8ToBytes(`${number}`)),
    value: bytesToBase64(utf8ToBytes(`${number} `.repeat(4000))),
  };
}
