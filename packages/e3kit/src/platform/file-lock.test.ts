import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withFileLock } from './file-lock.ts';
import { createFileKeyStore } from './node-file.ts';

let parent: string;
let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sotto-'));
  directory = join(parent, 'lock');
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  await rm(parent, { recursive: true, force: true });
});

function start(fixture: string, ...args: string[]): ChildProcess & { lines: AsyncIterator<string> } {
  const script = join(import.meta.dirname, 'fixtures', fixture);
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return Object.assign(child, { lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('a file lock', () => {
  it('lets one holder in at a time, all of them in the end, and leaves nothing behind', async () => {
    let running = 0;
    let most = 0;
    const task = async () => {
      running += 1;
      most = Math.max(most, running);
      await readdir(parent);
      running -= 1;
      return 1;
    };
    const done = await Promise.all(Array.from({ length: 12 }, () => withFileLock({ directory }, task)));
    expect(done).toHaveLength(12);
    expect(most).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  it('works in a directory whose path is longer than that of a socket may be', async () => {
    const deep = join(parent, 'd'.repeat(200));
    await withFileLock({ directory: deep }, async () => {
      const refused = withFileLock({ directory: deep, signal: AbortSignal.timeout(50) }, async () => {});
      await expect(refused).rejects.toMatchObject({ code: 'storage/locked' });
    });
    expect(await readdir(deep)).toEqual([]);
  });

  it('is refused once the signal aborts, and the task is never run', async () => {
    const controller = new AbortController();
    let ran = false;
    await withFileLock({ directory }, async () => {
      const refused = withFileLock({ directory, signal: controller.signal }, async () => {
        ran = true;
      });
      controller.abort();
      await expect(refused).rejects.toMatchObject({ code: 'storage/locked', family: 'storage' });
    });
    const tooLate = withFileLock({ directory, signal: controller.signal }, async () => {});
    await expect(tooLate).rejects.toMatchObject({ code: 'storage/locked' });
    expect(ran).toBe(false);
    expect(await readdir(directory)).toEqual([]);
  });

  it('does not run its task where the directory cannot be', async () => {
    const lost = withFileLock({ directory: join(parent, 'no', 'lock') }, async () => 'ran');
    await expect(lost).rejects.toMatchObject({ code: 'storage/unavailable', details: { reason: 'ENOENT' } });
  });

  it('clears away the tickets of the dead, and only those', async () => {
    await withFileLock({ directory }, async () => {});
    const ticket = '000000000-0123456789abcdef';
    await writeFile(join(directory, ticket), '');
    await writeFile(join(directory, 'notes'), '');
    expect(await withFileLock({ directory }, async () => 'ran')).toBe('ran');
    expect(await readdir(directory)).toEqual(['notes']);
  });

  it('is freed by a killed holder, for whoever waits already', async () => {
    const holder = start('hold-lock.mjs', directory);
    expect((await holder.lines.next()).value).toBe('held');
    const refused = withFileLock({ directory, signal: AbortSignal.timeout(100) }, async () => {});
    await expect(refused).rejects.toMatchObject({ code: 'storage/locked' });

    const waiting = withFileLock({ directory }, async () => 'ran');
    await kill(holder);
    expect(await waiting).toBe('ran');
    expect(await readdir(directory)).toEqual([]);
  });

  it('passes from one killed holder to the next', async () => {
    const holders = [1, 2, 3].map(() => start('hold-lock.mjs', directory));
    const waiting = new Map(holders.map((holder) => [holder, holder.lines.next().then(() => holder)]));
    while (waiting.size > 0) {
      const holder = await Promise.race(waiting.values());
      waiting.delete(holder);
      await kill(holder);
    }
    expect(await withFileLock({ directory }, async () => 'ran')).toBe('ran');
  });
});

describe('a file key store in several processes', () => {
  const key = { kind: 'bytes', bytes: new Uint8Array(32) } as const;

  it('is made once, and loses no increment under its lock', async () => {
    const workers = [1, 2, 3, 4].map(() => start('increment.mjs', directory, '15'));
    for (const worker of workers) {
      const [code] = worker.exitCode === null ? await once(worker, 'exit') : [worker.exitCode];
      expect(code).toBe(0);
    }
    const store = await createFileKeyStore({ directory, key });
    expect(Buffer.from((await store.load('counter'))?.value ?? '').toString()).toBe('60');
  });

  it('holds a whole value, no older than the last promised one, when a writer is killed', async () => {
    for (let round = 0; round < 6; round++) {
      const writer = start('save-loop.mjs', directory);
      let promised = -1;
      // Killed within the save that follows a promised one, at another moment in each round.
      for (let count = 0; count < 3 + round; count++) promised = Number((await writer.lines.next()).value);
      await kill(writer);
      for (let line = await writer.lines.next(); !line.done; line = await writer.lines.next())
        promised = Number(line.value);

      const store = await createFileKeyStore({ directory, key });
      const text = Buffer.from((await store.load('alice'))?.value ?? '').toString();
      const number = text.slice(0, 10);
      expect(text === number.repeat(10_000)).toBe(true);
      expect([promised, promised + 1]).toContain(Number(number));

      await store.save('bob', Uint8Array.of(1));
      expect(await readdir(join(directory, 'entries'))).toHaveLength(2);
      expect((await readFile(join(directory, 'key-store.json'), 'utf8')).length).toBeGreaterThan(0);
    }
  });
});
