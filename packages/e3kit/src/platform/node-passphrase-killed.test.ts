// A program that is killed while it changes the passphrase of its key store, at each step of that.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isSdkError } from '@sotto/core';
import type { KeyStore } from '../ports.ts';
import { createFileKeyStore } from './node-file.ts';

const fixture = join(import.meta.dirname, 'fixtures/change-passphrase.mjs');
const value = Uint8Array.of(1, 2, 3);
const STEPS_AT_ONCE = 4;

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sotto-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

it('opens with the former passphrase or with the new one, and has lost no key', { timeout: 180_000 }, async () => {
  const made = join(parent, 'made');
  await (await open(made, 'former'))!.save('alice', value);
  const opened: string[] = [];
  for (let step = 1; opened.length === step - 1; step += STEPS_AT_ONCE) {
    const directories = await Promise.all(
      Array.from({ length: STEPS_AT_ONCE }, (_, index) => changeKilledAt(made, step + index)),
    );
    for (const directory of directories.filter((killed) => killed !== undefined)) {
      const former = await open(directory, 'former');
      const store = former ?? (await open(directory, 'new'));
      expect(await store?.load('alice')).toMatchObject({ value });
      await store?.save('bob', value);
      opened.push(former ? 'former' : 'new');
    }
  }
  // Once it is the new one it stays so.
  const changedAt = opened.indexOf('new');
  expect(changedAt).toBeGreaterThan(3);
  expect(new Set(opened.slice(changedAt))).toEqual(new Set(['new']));
});

/** A copy of the store whose change of passphrase was killed; undefined if it ended before that step. */
async function changeKilledAt(made: string, step: number): Promise<string | undefined> {
  const directory = join(parent, `killed at ${step}`);
  await cp(made, directory, { recursive: true });
  const child = spawn(process.execPath, [fixture, directory, String(step)], { stdio: 'inherit' });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === 'SIGKILL') return directory;
  expect(code).toBe(0);
  return undefined;
}

/** Undefined with another passphrase. */
async function open(directory: string, passphrase: string): Promise<KeyStore | undefined> {
  try {
    return await createFileKeyStore({ directory, key: { kind: 'passphrase', passphrase } });
  } catch (error) {
    if (isSdkError(error, 'storage/wrong-key')) return undefined;
    throw error;
  }
}
