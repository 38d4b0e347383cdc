import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSPHRASE_STORE } from './fixtures/passphrase-store.ts';
import type { Passphrase } from '../passphrase-key.ts';
import { changeFilePassphrase, createFileKeyStore } from './node-file.ts';

const secret = 'Zwölf Boxkämpfer';
const value = Uint8Array.of(1, 2, 3);

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'sotto-')), 'store');
});
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

const open = (passphrase: string, cost?: Passphrase['cost']) =>
  createFileKeyStore({ directory, key: { kind: 'passphrase', passphrase, cost } });
const change = (passphrase: string, newPassphrase: string, cost?: Passphrase['cost']) =>
  changeFilePassphrase({ directory, passphrase, newPassphrase, cost });

const head = () => join(directory, 'key-store.json');
interface Head {
  readonly id: string;
  readonly parameters: { readonly m: number; readonly t: number; readonly p: number; readonly salt: string };
}
const readHead = async () => JSON.parse(await readFile(head(), 'utf8')) as Head;

describe('a key store under a passphrase', () => {
  it('opens again with it in either Unicode form, and with no other', async () => {
    await (await open(secret)).save('alice', value);
    expect((await readHead()).parameters).toMatchObject({ m: 19_456, t: 2, p: 1 });
    expect(await (await open(secret.normalize('NFD'))).load('alice')).toMatchObject({ value });
    await expect(open(secret.toLowerCase())).rejects.toMatchObject({ code: 'storage/wrong-key', family: 'storage' });
  });

  it('is made with more work for guesses where the app asks for it, and then needs that for good', async () => {
    await open(secret, { memoryKiB: 20_480, passes: 3 });
    await (await open(secret)).save('alice', value);
    expect((await readHead()).parameters).toMatchObject({ m: 20_480, t: 3 });
  });

  it('opens what an earlier version wrote', async () => {
    await mkdir(join(directory, 'entries'), { recursive: true });
    await writeFile(head(), PASSPHRASE_STORE.header);
    const { entryName, entry } = PASSPHRASE_STORE;
    await writeFile(join(directory, 'entries', entryName), Buffer.from(entry, 'hex'));
    expect(await (await open('correct horse')).load('alice')).toMatchObject({ value });
  });

  it.each<[string, Passphrase]>([
    ['an empty passphrase', { passphrase: '' }],
    ['less memory than the least', { passphrase: secret, cost: { memoryKiB: 19_455, passes: 2 } }],
    ['one pass', { passphrase: secret, cost: { memoryKiB: 19_456, passes: 1 } }],
    ['more memory than a device has', { passphrase: secret, cost: { memoryKiB: 2 ** 20 + 1, passes: 2 } }],
    ['endless passes', { passphrase: secret, cost: { memoryKiB: 19_456, passes: Infinity } }],
  ])('refuses %s before anything is written', async (_, { passphrase, cost }) => {
    await expect(open(passphrase, cost)).rejects.toMatchObject({ code: 'storage/bad-argument', family: 'usage' });
    await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the head of a store under a passphrase', () => {
  /** Made once, as each one takes its time: any directory with it is the same store, still empty. */
  let made: string;
  beforeAll(async () => {
    const store = join(await mkdtemp(join(tmpdir(), 'sotto-')), 'store');
    const key = { kind: 'passphrase', passphrase: secret, cost: { memoryKiB: 20_480, passes: 3 } } as const;
    await createFileKeyStore({ directory: store, key });
    made = await readFile(join(store, 'key-store.json'), 'utf8');
    await rm(join(store, '..'), { recursive: true });
  });

  async function openAltered(member: RegExp, change: (found: string) => string): Promise<void> {
    const altered = made.replace(member, change);
    expect(altered).not.toBe(made);
    await mkdir(directory);
    await writeFile(head(), altered);
    await open(secret);
  }

  it.each([
    ['asks for less memory', /"m":\d+/, '"m":8192'],
    ['asks for one pass', /"t":\d/, '"t":1'],
    ['asks for unbounded memory', /"m":\d+/, '"m":1048577'],
    ['asks for unbounded passes', /"t":\d/, '"t":1e300'],
    ['asks for memory as text', /"m":\d+/, '"m":"20480"'],
    ['asks for several lanes', /"p":1/, '"p":4'],
    ['has a salt cut short', /"salt":"../, '"salt":"'],
    ['has a locked key cut short', /"lockedKey":"../, '"lockedKey":"'],
  ])('is refused without work if it %s', async (_, member, replacement) => {
    await expect(openAltered(member, () => replacement)).rejects.toMatchObject({
      code: 'storage/damaged',
      details: { reason: 'passphrase parameters' },
    });
  });

  const otherDigit = (found: string) => found.slice(0, -1) + (found.endsWith('0') ? '1' : '0');

  it.each([
    ['its memory lowered to the least', /"m":\d+/, () => '"m":19456'],
    ['its passes lowered to the least', /"t":\d/, () => '"t":2'],
    ['another id', /"id":"./, otherDigit],
    ['another locked key', /"lockedKey":"./, otherDigit],
    ['another check', /"check":"./, otherDigit],
  ])('is refused with %s', async (_, member, replacement) => {
    await expect(openAltered(member, replacement)).rejects.toMatchObject({ code: 'storage/wrong-key' });
  });
});

describe('a changed passphrase', () => {
  it('opens the store in place of the former one, whose files stay as they are', async () => {
    const store = await open(secret);
    await store.save('alice', value);
    const [file] = await readdir(join(directory, 'entries'));
    const before = await readFile(join(directory, 'entries', file!));
    const { id, parameters } = await readHead();

    await change(secret, 'another one');

    expect(await (await open('another one')).load('alice')).toMatchObject({ value });
    expect(await readFile(join(directory, 'entries', file!))).toEqual(before);
    const after = await readHead();
    expect(after.id).toBe(id);
    expect(after.parameters.salt).not.toBe(parameters.salt);
    // Who has it open goes on.
    await store.save('alice', Uint8Array.of(4));
    expect(await (await open('another one')).load('alice')).toMatchObject({ value: Uint8Array.of(4) });
  });

  it('costs no less than the former one, and more if the app asks for it', async () => {
    await open(secret, { memoryKiB: 20_480, passes: 2 });
    await change(secret, 'second', { memoryKiB: 19_456, passes: 3 });
    expect((await readHead()).parameters).toMatchObject({ m: 20_480, t: 3 });
  });

  it('needs the former one, and a new one', async () => {
    await open(secret);
    const before = await readFile(head(), 'utf8');
    await expect(change('wrong', 'another one')).rejects.toMatchObject({ code: 'storage/wrong-key' });
    await expect(change(secret, '')).rejects.toMatchObject({ code: 'storage/bad-argument' });
    expect(await readFile(head(), 'utf8')).toBe(before);
  });

  it('is of no use to a store that has none, or where there is no store', async () => {
    await expect(change(secret, 'another one')).rejects.toMatchObject({
      code: 'storage/unavailable',
      details: { reason: 'no store' },
    });
    await createFileKeyStore({ directory, key: { kind: 'bytes', bytes: new Uint8Array(32) } });
    await expect(change(secret, 'another one')).rejects.toMatchObject({ code: 'storage/wrong-key' });
  });
});
