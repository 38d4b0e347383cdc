/** Backups, from the side of the user who has only a password left. */
import { cutFrom, type EvilProxy, startEvilProxy, startWorld, type World } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CloudEntryExistsError,
  createMemoryKeyStore,
  type EThree,
  type EThreeOptions,
  MissingPrivateKeyError,
  PrivateKeyAlreadyExistsError,
  PrivateKeyNoBackupError,
  type ProgressStep,
  WrongKeyknoxPasswordError,
} from '../index.ts';

let world: World;
let proxy: EvilProxy;
let count = 0;
let identity = '';

beforeAll(async () => {
  world = await startWorld();
  proxy = await startEvilProxy(world.service.url);
});
beforeEach(() => {
  identity = `backup user ${count++}`;
});
afterEach(() => {
  proxy.meddle = undefined;
});
afterAll(async () => {
  await proxy.close();
  await world.close();
});

/** A device of the user of this test, whose requests pass by the proxy. */
const openDevice = (options: EThreeOptions = {}): Promise<EThree> =>
  world.createClient(identity, { apiUrl: proxy.url, ...options });

async function registerDevice(options?: EThreeOptions): Promise<EThree> {
  const device = await openDevice(options);
  await device.register();
  return device;
}

const withCode = (code: string) => expect.objectContaining({ code });

describe.each([
  ['the backup that every user has', undefined],
  ['a backup by name', 'work laptop'],
])('%s', (_, keyName) => {
  it('brings the key to another device', async () => {
    const laptop = await registerDevice();
    const message = await laptop.authEncrypt('written before');
    expect(await laptop.backupPrivateKey('correct horse', keyName)).toBe('done');

    const phone = await openDevice();
    expect(await phone.hasLocalPrivateKey()).toBe(false);
    expect(await phone.restorePrivateKey('correct horse', keyName)).toBe('done');
    expect(await phone.hasLocalPrivateKey()).toBe(true);
    expect(await phone.authDecrypt(message)).toBe('written before');
  });

  it('is under the brain key v3, if that is wanted, and read by clients that want the other', async () => {
    const laptop = await registerDevice({ brainKey: 'v3' });
    const message = await laptop.authEncrypt('written before');
    await laptop.backupPrivateKey('correct horse', keyName);
    expect(proxy.seen.filter(({ path }) => path === '/brainkey/v3/harden').length).toBeGreaterThan(0);
    const phone = await openDevice();
    await phone.restorePrivateKey('correct horse', keyName);
    expect(await phone.authDecrypt(message)).toBe('written before');
  });

  it('opens with the new password alone once it was changed, and the change can be repeated', async () => {
    const laptop = await registerDevice();
    await laptop.backupPrivateKey('correct horse', keyName);
    expect(await laptop.changePassword('correct horse', 'battery staple', keyName)).toBe('done');
    expect(await laptop.changePassword('correct horse', 'battery staple', keyName)).toBe('already-done');
    await expect((await openDevice()).restorePrivateKey('correct horse', keyName)).rejects.toThrow(
      WrongKeyknoxPasswordError,
    );
    expect(await (await openDevice()).restorePrivateKey('battery staple', keyName)).toBe('done');
  });

  it('is not made, changed or restored without what that takes', async () => {
    const device = await openDevice();
    await expect(device.backupPrivateKey('pwd', keyName)).rejects.toThrow(MissingPrivateKeyError);
    await expect(device.restorePrivateKey('pwd', keyName)).rejects.toThrow(PrivateKeyNoBackupError);
    await expect(device.changePassword('pwd', 'new', keyName)).rejects.toThrow(PrivateKeyNoBackupError);
  });

  it('is not restored over another key, and is there already where the same key is', async () => {
    const laptop = await registerDevice();
    await laptop.backupPrivateKey('correct horse', keyName);
    expect(await laptop.restorePrivateKey('correct horse', keyName)).toBe('already-done');
    const phone = await openDevice();
    await phone.rotatePrivateKey();
    await expect(phone.restorePrivateKey('correct horse', keyName)).rejects.toThrow(PrivateKeyAlreadyExistsError);
  });

  it('says what it is doing, and stops when it is told to', async () => {
    const laptop = await registerDevice();
    const steps: ProgressStep[] = [];
    await laptop.backupPrivateKey('correct horse', keyName, { onProgress: (step) => steps.push(step) });
    expect(steps).toEqual(['read', 'brain-key', 'write', 'check']);

    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = (step: ProgressStep): void => {
      if (step === 'brain-key') controller.abort();
    };
    const phone = await openDevice();
    await expect(phone.restorePrivateKey('correct horse', keyName, { signal, onProgress })).rejects.toThrow(
      withCode('transport/aborted'),
    );
    expect(await phone.hasLocalPrivateKey()).toBe(false);
  });

  it('that was altered on its way is told from a wrong password', async () => {
    const laptop = await registerDevice();
    await laptop.backupPrivateKey('correct horse', keyName);
    proxy.meddle = async (request, forward) => {
      const answer = await forward();
      return request.path.startsWith('/keyknox') ? { ...answer, body: flipValue(answer.body) } : answer;
    };
    const phone = await openDevice();
    await expect(phone.restorePrivateKey('correct horse', keyName)).rejects.toMatchObject({ code: 'backup/damaged' });
    await expect(phone.restorePrivateKey('wrong', keyName)).rejects.toThrow(WrongKeyknoxPasswordError);
    expect(await phone.hasLocalPrivateKey()).toBe(false);
  });

  it('does not count as made before it was read back', async () => {
    const laptop = await registerDevice();
    proxy.meddle = async (request, forward) => {
      if (request.path === '/keyknox/v2/push') return { status: 200, body: '{}' };
      return request.method === 'PUT' ? { status: 200, body: '{}' } : forward();
    };
    await expect(laptop.backupPrivateKey('correct horse', keyName)).rejects.toMatchObject({
      code: 'backup/not-stored',
    });
  });

  it('that goes back to before the key was replaced is noticed, and its keys are kept to read with', async () => {
    const laptop = await registerDevice();
    const message = await laptop.authEncrypt('written before');
    await laptop.backupPrivateKey('correct horse', keyName);
    await laptop.replacePrivateKey({ ignoreBackup: true });
    const phone = await openDevice();
    await expect(phone.restorePrivateKey('correct horse', keyName)).rejects.toMatchObject({ code: 'backup/outdated' });
    expect(await phone.hasLocalPrivateKey()).toBe(false);
    await phone.rotatePrivateKey();
    expect(await phone.authDecrypt(message)).toBe('written before');
  });

  describe('whose password is being changed', () => {
    it.each([0, 1, 2, 3, 4, 5])(
      'opens when the device dies around request %i, and the change can be repeated',
      async (at) => {
        for (const isActedOn of [false, true]) {
          identity = `backup user ${count++}`;
          const keyStore = createMemoryKeyStore();
          const laptop = await registerDevice({ keyStore });
          await laptop.backupPrivateKey('old', keyName);
          proxy.meddle = cutFrom(at, isActedOn);
          const outcome = await laptop.changePassword('old', 'new', keyName).catch((error: unknown) => error);
          proxy.meddle = undefined;

          const phone = await openDevice();
          await phone.restorePrivateKey('old', keyName).catch(() => phone.restorePrivateKey('new', keyName));
          expect(await phone.hasLocalPrivateKey()).toBe(true);
          const again = await openDevice({ keyStore });
          const repeated = await again.changePassword('old', 'new', keyName);
          if (outcome === 'done') expect(repeated).toBe('already-done');
          expect(await (await openDevice()).restorePrivateKey('new', keyName)).toBe('done');
        }
      },
    );
  });
});

describe('a backup', () => {
  it('is left as it is when it has the same key under the same password', async () => {
    const laptop = await registerDevice();
    await laptop.backupPrivateKey('correct horse');
    expect(await laptop.backupPrivateKey('correct horse')).toBe('already-done');
    await expect(laptop.backupPrivateKey('battery staple')).rejects.toThrow(WrongKeyknoxPasswordError);
  });

  it('with a key that this device does not have is not written over', async () => {
    await (await registerDevice()).backupPrivateKey('correct horse');
    const phone = await openDevice();
    await phone.rotatePrivateKey();
    await expect(phone.backupPrivateKey('correct horse')).rejects.toThrow(CloudEntryExistsError);
  });

  it('by name is written over, and keeps the keys that its password opens', async () => {
    const laptop = await registerDevice();
    const message = await laptop.authEncrypt('written before');
    await laptop.backupPrivateKey('correct horse', 'spare');
    const phone = await openDevice();
    await phone.rotatePrivateKey();
    expect(await phone.backupPrivateKey('correct horse', 'spare')).toBe('done');
    const tablet = await openDevice();
    await tablet.restorePrivateKey('correct horse', 'spare');
    expect(await tablet.authDecrypt(message)).toBe('written before');
    expect(await tablet.backupPrivateKey('another password', 'spare')).toBe('done');
    expect(await (await openDevice()).restorePrivateKey('another password', 'spare')).toBe('done');
  });

  it('takes bytes for a password, such as one half of a derived one', async () => {
    const { EThree } = await import('../index.ts');
    const { backupPassword, loginPassword } = EThree.derivePasswords('correct horse');
    expect([backupPassword.length, loginPassword.length]).toEqual([32, 32]);
    await (await registerDevice()).backupPrivateKey(backupPassword);
    const phone = await openDevice();
    await expect(phone.restorePrivateKey(loginPassword)).rejects.toThrow(WrongKeyknoxPasswordError);
    expect(await phone.restorePrivateKey(backupPassword)).toBe('done');
  });

  it.each([
    ['', 'usage/argument'],
    ['x'.repeat(129), 'brain-key/password-length'],
    ['🔐'.repeat(33), 'brain-key/password-length'],
  ])('takes no password without bytes or with more than 128: %#', async (password, code) => {
    const laptop = await registerDevice();
    await expect(laptop.backupPrivateKey(password)).rejects.toMatchObject({ code });
  });

  it('is gone after a reset, and a reset of nothing does no harm', async () => {
    const laptop = await registerDevice();
    await laptop.backupPrivateKey('correct horse');
    await laptop.backupPrivateKey('correct horse', 'spare');
    await laptop.resetPrivateKeyBackup();
    await laptop.resetPrivateKeyBackup();
    await laptop.resetPrivateKeyBackupWithKeyName('spare');
    await laptop.resetPrivateKeyBackupWithKeyName('spare');
    const phone = await openDevice();
    await expect(phone.restorePrivateKey('correct horse')).rejects.toThrow(PrivateKeyNoBackupError);
    await expect(phone.restorePrivateKey('correct horse', 'spare')).rejects.toThrow(PrivateKeyNoBackupError);
  });

  it('is reset with its password only if that is right', async () => {
    const laptop = await registerDevice();
    await laptop.backupPrivateKey('correct horse');
    await expect(laptop.resetPrivateKeyBackup('wrong')).rejects.toThrow(WrongKeyknoxPasswordError);
    await laptop.resetPrivateKeyBackup('correct horse');
    await expect(laptop.resetPrivateKeyBackup('correct horse')).rejects.toThrow(PrivateKeyNoBackupError);
    expect(await laptop.backupPrivateKey('correct horse')).toBe('done');
  });

  it('of somebody else in place of the own one opens nothing', async () => {
    const mallory = await world.createClient(`mallory of ${identity}`);
    await mallory.register();
    await mallory.backupPrivateKey('correct horse');
    const stolen = await fetchBackup(mallory.identity);
    await (await registerDevice()).backupPrivateKey('correct horse');
    proxy.meddle = async (request, forward) => {
      const answer = await forward();
      return request.method === 'GET' && request.path === '/keyknox/v1' ? { ...answer, body: stolen } : answer;
    };
    const phone = await openDevice();
    await expect(phone.restorePrivateKey('correct horse')).rejects.toThrow(WrongKeyknoxPasswordError);
  });

  it('is made by one of two devices at once, and the other says so', async () => {
    const laptop = await registerDevice();
    await laptop.backupPrivateKey('start');
    const phone = await openDevice();
    await phone.restorePrivateKey('start');
    const outcomes = await Promise.allSettled([
      laptop.changePassword('start', 'of the laptop'),
      phone.changePassword('start', 'of the phone'),
    ]);
    const won = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(won.length).toBeGreaterThan(0);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(['keyknox/changed', 'backup/wrong-password']).toContain(outcome.reason.code);
    }
    const tablet = await openDevice();
    await tablet.restorePrivateKey('of the laptop').catch(() => tablet.restorePrivateKey('of the phone'));
    expect(await tablet.hasLocalPrivateKey()).toBe(true);
  });

  it('asked for too often is refused with the time to wait', async () => {
    const laptop = await registerDevice();
    await laptop.backupPrivateKey('correct horse');
    proxy.meddle = async (request, forward) =>
      request.path.startsWith('/pythia')
        ? { status: 429, headers: { 'retry-after': '77' }, body: '{"code":60007,"message":"wait"}' }
        : forward();
    await expect(laptop.restorePrivateKey('guess')).rejects.toMatchObject({
      code: 'brain-key/too-many-guesses',
      details: { retryAfterSeconds: 77 },
    });
  });

  it('is not opened by what a rogue service answers in place of a brain key', async () => {
    const laptop = await registerDevice();
    await laptop.backupPrivateKey('correct horse');
    const other = await world.createClient(`other of ${identity}`);
    const seeds: string[] = [];
    proxy.meddle = async (request, forward) => {
      const answer = await forward();
      if (!request.path.startsWith('/pythia')) return answer;
      seeds.push((JSON.parse(answer.body) as { seed: string }).seed);
      return { ...answer, body: JSON.stringify({ seed: seeds[0] }) };
    };
    expect(other.identity).not.toBe(identity);
    const phone = await openDevice();
    await phone.restorePrivateKey('correct horse');
    await expect((await openDevice()).restorePrivateKey('correct horse')).rejects.toMatchObject({
      code: expect.stringMatching(/^(backup\/wrong-password|brain-key\/bad-answer)$/),
    });
  });
});

function flipValue(body: string): string {
  const record = JSON.parse(body) as { value?: string };
  if (!record.value) return body;
  const bytes = Buffer.from(record.value, 'base64');
  bytes[0]! ^= 1;
  return JSON.stringify({ ...record, value: bytes.toString('base64') });
}

async function fetchBackup(owner: string): Promise<string> {
  const token = await world.app.issuer.issue(owner);
  const answer = await fetch(`${world.service.url}/keyknox/v1`, { headers: { authorization: `Virgil ${token}` } });
  return answer.text();
}
