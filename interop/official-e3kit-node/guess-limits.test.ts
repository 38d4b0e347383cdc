import { DEFAULT_GUESS_LIMITS } from '@sotto/service';
import { type EvilProxy, startEvilProxy } from '@sotto/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from './stage.ts';

const PASSWORD = 'correct horse';

/** The clock of the service, which stands still unless a test moves it. */
let now = Date.now();
let stage: Stage;
let proxy: EvilProxy;

beforeAll(async () => {
  stage = await openStage({
    clock: () => now,
    standBefore: async (url) => (proxy = await startEvilProxy(url)),
  });
});
afterAll(() => stage.close());

describe('whoever asks for brain keys by the official e3kit', () => {
  it('is refused with 60007 after the burst, and the user can do all else until the next guess', async () => {
    const user = await stage.register('judy');
    await user.backupPrivateKey(PASSWORD);
    const thief = await stage.officials.open('judy');
    for (let guess = 1; guess < DEFAULT_GUESS_LIMITS.burst; guess++) {
      await expect(thief.restorePrivateKey(`${guess}`)).rejects.toMatchObject({ name: 'WrongKeyknoxPasswordError' });
    }
    // It waits two seconds and asks once more by itself, while the clock of the service stands still.
    await expect(thief.restorePrivateKey(PASSWORD)).rejects.toMatchObject({
      name: 'PythiaClientError',
      httpStatus: 429,
      code: 60007,
    });

    expect(await user.findUsers('judy')).toMatchObject({ identity: 'judy' });
    expect(await user.authDecrypt(await user.authEncrypt('a note'))).toBe('a note');
    await (await stage.register('niaj')).backupPrivateKey(PASSWORD);
    now += DEFAULT_GUESS_LIMITS.refillMilliseconds;
    await thief.restorePrivateKey(PASSWORD);
  });

  it('is served all the same where a guess comes back while the client waits', async () => {
    const statuses: number[] = [];
    proxy.meddle = async (_request, forward) => {
      const answer = await forward();
      statuses.push(answer.status);
      if (answer.status === 429) now += DEFAULT_GUESS_LIMITS.refillMilliseconds;
      return answer;
    };
    const user = await stage.officials.open('olivia');
    for (let guess = 0; guess < DEFAULT_GUESS_LIMITS.burst; guess++) {
      await expect(user.restorePrivateKey(`${guess}`)).rejects.toMatchObject({ name: 'PrivateKeyNoBackupError' });
    }
    statuses.length = 0;
    await expect(user.restorePrivateKey(PASSWORD)).rejects.toMatchObject({ name: 'PrivateKeyNoBackupError' });
    expect(statuses).toEqual([429, 200, 200]);
  });
});
