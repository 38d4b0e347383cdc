/** Files on Node: `File`, `Blob`, with everything that apps of the official client know of them. */
import { bytesToBase64, concatBytes } from '@sotto/core';
import { nobleProvider } from '@sotto/core/noble';
import { createWebProvider } from '@sotto/core/web';
import { startWorld, type World } from '@sotto/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AbortError,
  ArgumentError,
  type EThree,
  type FileOptions,
  type FileProgress,
  IntegrityCheckFailedError,
  RegisterRequiredError,
} from '../index.ts';

let world: World;
let alice: EThree;
let bob: EThree;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.createClient('alice');
  bob = await world.createClient('bob');
  await alice.register();
  await bob.register();
});
afterAll(() => world.close());

const content = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);
const photo = () => new File([content], 'photo.jpg', { type: 'image/jpeg', lastModified: 1_700_000_000_000 });

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

/** What comes back of a file, in a form that compares well. */
async function describeFile(file: Blob) {
  const { name } = file as Partial<File>;
  const isSame = bytesToBase64(await bytesOf(file)) === bytesToBase64(content);
  return { kind: file.constructor.name, name, type: file.type, size: file.size, isSame };
}
const asItWas = { kind: 'File', name: 'photo.jpg', type: 'image/jpeg', size: content.length, isSame: true };

async function failureOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a file that alice encrypts for bob', () => {
  it('comes out as it was, by its name and type', async () => {
    const file = await alice.authEncryptFile(photo(), await alice.findUsers('bob'));
    expect(await describeFile(file)).toMatchObject({
      kind: 'File',
      name: 'photo.jpg',
      type: 'image/jpeg',
      isSame: false,
    });
    expect(await describeFile(await bob.authDecryptFile(file, await bob.findUsers('alice')))).toEqual(asItWas);
    expect(await describeFile(await alice.authDecryptFile(file))).toEqual(asItWas);
  });

  it('is a message like any other: whole ones and files are read by the same keys', async () => {
    const file = await alice.authEncryptFile(photo(), await alice.findUsers('bob'));
    const from = await bob.findUsers('alice');
    expect(bytesToBase64(await bob.authDecrypt(await bytesOf(file), from))).toBe(bytesToBase64(content));
    const message = await alice.authEncrypt(content, await alice.findUsers('bob'));
    expect(await describeFile(await bob.authDecryptFile(new File([message], 'photo.jpg', photo()), from))).toEqual(
      asItWas,
    );

    const old = await alice.encryptFile(photo(), await alice.findUsers('bob'));
    expect(bytesToBase64(await bob.decrypt(await bytesOf(old), from))).toBe(bytesToBase64(content));
    const oldMessage = await alice.encrypt(content, await alice.findUsers('bob'));
    expect(bytesToBase64(await bytesOf(await bob.decryptFile(new Blob([oldMessage]), from)))).toBe(
      bytesToBase64(content),
    );
  });

  it('in the format of 2019 comes out as a Blob', async () => {
    const file = await alice.encryptFile(photo(), await alice.findUsers('bob'));
    expect(await describeFile(file)).toMatchObject({ kind: 'File', name: 'photo.jpg', type: 'image/jpeg' });
    const opened = await bob.decryptFile(file, await bob.findUsers('alice'));
    expect(await describeFile(opened)).toEqual({ ...asItWas, kind: 'Blob', name: undefined });
  });

  it('is a Blob if it was one, and may be empty', async () => {
    const from = await bob.findUsers('alice');
    for (const blob of [new Blob([content], { type: 'image/jpeg' }), new Blob([], { type: 'image/jpeg' })]) {
      const sealed = await alice.authEncryptFile(blob, await alice.findUsers('bob'));
      const old = await alice.encryptFile(blob, await alice.findUsers('bob'));
      for (const opened of [await bob.authDecryptFile(sealed, from), await bob.decryptFile(old, from)]) {
        expect(opened).not.toBeInstanceOf(File);
        expect([opened.type, opened.size]).toEqual([blob.type, blob.size]);
      }
    }
  });

  it('is for further readers who were named', async () => {
    const auditor = await world.createClient('auditor');
    await auditor.register();
    const alsoFor = [await alice.findUsers('auditor')];
    const file = await alice.authEncryptFile(photo(), await alice.findUsers('bob'), { alsoFor });
    expect(await describeFile(await auditor.authDecryptFile(file, await auditor.findUsers('alice')))).toEqual(asItWas);
  });

  it('does not pass as written by somebody else', async () => {
    const card = await bob.findUsers('bob');
    const bobCard = await alice.findUsers('bob');
    const files = [await alice.authEncryptFile(photo(), bobCard), await alice.encryptFile(photo(), bobCard)] as const;
    const failures = [
      await failureOf(bob.authDecryptFile(files[0], card)),
      await failureOf(bob.decryptFile(files[1], card)),
      await failureOf(bob.decryptFile(files[0], card)),
      await failureOf(bob.authDecryptFile(files[1], card)),
    ];
    expect(failures.map((error) => error instanceof IntegrityCheckFailedError)).toEqual([true, true, true, true]);
    expect(failures).toMatchObject([
      { code: 'envelope/other-signer', name: 'IntegrityCheckFailedError' },
      { code: 'envelope/bad-signature' }, // the format of 2019 names no signer in files
      { code: 'envelope/not-signed' },
      { code: 'envelope/not-signed' },
    ]);
  });

  it('is nothing for others', async () => {
    const carol = await world.createClient('carol');
    await carol.register();
    const file = await alice.authEncryptFile(photo(), await alice.findUsers('bob'));
    const attempt = carol.authDecryptFile(file, await carol.findUsers('alice'));
    await expect(attempt).rejects.toMatchObject({ code: 'envelope/not-a-recipient' });
  });

  it.each([
    ['cut off', (bytes: Uint8Array) => bytes.subarray(0, -1)],
    ['cut off in the head', (bytes: Uint8Array) => bytes.subarray(0, 100)],
    ['without a part', (bytes: Uint8Array) => concatBytes(bytes.subarray(0, 70_000), bytes.subarray(140_000))],
    [
      'put in another order',
      (bytes: Uint8Array) =>
        concatBytes(
          bytes.subarray(0, 1000),
          bytes.subarray(66_536, 132_072),
          bytes.subarray(1000, 66_536),
          bytes.subarray(132_072),
        ),
    ],
    ['with a bit changed', (bytes: Uint8Array) => bytes.map((byte, index) => (index === 100_000 ? byte ^ 1 : byte))],
    ['twice one after the other', (bytes: Uint8Array) => concatBytes(bytes, bytes)],
    ['that is none', () => new Uint8Array(1000)],
    ['that is empty', () => new Uint8Array(0)],
  ])('is refused %s', async (_, change) => {
    const from = await bob.findUsers('alice');
    const card = await alice.findUsers('bob');
    const [file, old, sealed] = [
      await alice.authEncryptFile(photo(), card),
      await alice.encryptFile(photo(), card),
      await alice.sealFile(photo(), card),
    ];
    const changed = async (blob: Blob) => new Blob([change(await bytesOf(blob))]);
    for (const attempt of [
      async () => bob.authDecryptFile(await changed(file), from),
      async () => bob.decryptFile(await changed(old), from),
      async () => bob.openFile(await changed(sealed), from),
      async () => bob.authDecryptFileToStream(await changed(file), from),
    ]) {
      await expect(attempt).rejects.toMatchObject({
        code: expect.stringMatching(/^envelope\/(malformed|undecryptable|unsupported)$/),
      });
    }
  });
});

describe('a shared file', () => {
  it('is read by whoever has its key, as bytes or base64, and by nobody else', async () => {
    const { encryptedSharedFile, fileKey } = await alice.encryptSharedFile(photo());
    expect(Buffer.isBuffer(fileKey)).toBe(true);
    const from = await bob.findUsers('alice');
    for (const key of [fileKey, bytesToBase64(fileKey)]) {
      expect(await describeFile(await bob.decryptSharedFile(encryptedSharedFile, key, from))).toEqual(asItWas);
    }
    expect(await describeFile(await alice.decryptSharedFile(encryptedSharedFile, fileKey))).toEqual(asItWas);
    await expect(alice.authDecryptFile(encryptedSharedFile)).rejects.toMatchObject({
      code: 'envelope/not-a-recipient',
    });
    const own = bob.decryptSharedFile(encryptedSharedFile, fileKey);
    await expect(own).rejects.toMatchObject({ name: 'IntegrityCheckFailedError', code: 'envelope/other-signer' });
    const other = await alice.encryptSharedFile(photo());
    await expect(bob.decryptSharedFile(encryptedSharedFile, other.fileKey, from)).rejects.toMatchObject({
      code: 'envelope/not-a-recipient',
    });
    await expect(bob.decryptSharedFile(encryptedSharedFile, 'AAAA', from)).rejects.toMatchObject({
      code: 'key/malformed',
    });
  });
});

describe('a sealed file', () => {
  it('keeps name, type and date, and shows none of them', async () => {
    const sealed = await alice.sealFile(photo(), await alice.findUsers('bob'));
    expect(sealed).not.toBeInstanceOf(File);
    expect(sealed.type).toBe('application/octet-stream');
    expect(Buffer.from(await sealed.arrayBuffer()).includes('photo.jpg')).toBe(false);
    const opened = await bob.openFile(sealed, await bob.findUsers('alice'));
    expect(await describeFile(opened)).toEqual(asItWas);
    expect(opened.lastModified).toBe(1_700_000_000_000);
  });

  it('of a Blob gets a name all the same', async () => {
    const opened = await alice.openFile(await alice.sealFile(new Blob([content])));
    expect(await describeFile(opened)).toEqual({ ...asItWas, name: 'file', type: '' });
  });

  it('has a name that leads nowhere, whatever its sender called it', async () => {
    const file = new File([content], '../../.ssh/authorized\u202e_keys\u0000', { type: 'text/plain' });
    expect((await alice.openFile(await alice.sealFile(file))).name).toBe('authorized_keys');
  });

  it('is not what authDecryptFile reads, nor is the other way round', async () => {
    const file = await alice.authEncryptFile(photo());
    await expect(alice.openFile(file)).rejects.toMatchObject({ code: 'file/no-details' });
    const opened = await alice.authDecryptFile(await alice.sealFile(photo()));
    expect(opened.size).toBeGreaterThan(content.length);
  });
});

describe('progress', () => {
  it('is told after each piece, in the words of the official client', async () => {
    const seen: FileProgress[] = [];
    const options = { chunkSize: 90_000, onProgress: (progress: FileProgress) => seen.push(progress) };
    const take = () => seen.splice(0);
    const steps = (fileSize: number, state?: string) =>
      [90_000, 180_000, fileSize].map((bytesProcessed) => ({ ...(state ? { state } : {}), bytesProcessed, fileSize }));

    const file = await alice.authEncryptFile(photo(), undefined, options);
    expect(take()).toEqual(steps(200_000));
    await alice.authDecryptFile(file, undefined, options);
    expect(take()).toEqual(steps(file.size));
    const old = await alice.encryptFile(photo(), undefined, options);
    expect(take()).toEqual([...steps(200_000, 'Signing'), ...steps(200_000, 'Encrypting')]);
    await alice.decryptFile(old, undefined, options);
    expect(take()).toEqual(steps(old.size, 'Decrypting'));
  });

  it('has any step that is a whole number of bytes', async () => {
    for (const chunkSize of [1, 7, 4096, 10_000_000]) {
      const small = new Blob([content.subarray(0, 300)]);
      const opened = await alice.authDecryptFile(
        await alice.authEncryptFile(small, undefined, { chunkSize }),
        undefined,
        { chunkSize },
      );
      expect(await bytesOf(opened)).toEqual(content.subarray(0, 300));
    }
    for (const chunkSize of [0, -1, 1.5, NaN, '64']) {
      const attempt = alice.authEncryptFile(photo(), undefined, { chunkSize: chunkSize as number });
      await expect(attempt).rejects.toThrow(ArgumentError);
    }
  });
});

describe('a call that is aborted', () => {
  it.each(['authEncryptFile', 'authDecryptFile', 'encryptFile', 'decryptFile', 'sealFile', 'openFile'] as const)(
    'in the middle ends %s with an AbortError',
    async (name) => {
      const kind = /^(encrypt|decrypt)/.test(name)
        ? 'encryptFile'
        : /(seal|open)/.test(name)
          ? 'sealFile'
          : 'authEncryptFile';
      const file = /^(authDecrypt|decrypt|open)/.test(name) ? await alice[kind](photo()) : photo();
      const controller = new AbortController();
      const seen: number[] = [];
      const onProgress = ({ bytesProcessed }: FileProgress) => {
        seen.push(bytesProcessed);
        controller.abort();
      };
      const { signal } = controller;
      const method = alice[name] as (file: Blob, other: undefined, options: FileOptions) => Promise<unknown>;
      const call = (options: FileOptions) => method.call(alice, file, undefined, options);
      const error = await failureOf(call({ chunkSize: 50_000, onProgress, signal }));
      expect(error).toBeInstanceOf(AbortError);
      expect(error).toMatchObject({ name: 'AbortError', code: 'stream/aborted', family: 'usage' });
      expect(seen).toEqual([50_000]);
      const again = await failureOf(call({ signal }));
      expect(again).toBeInstanceOf(AbortError);
    },
  );

  it('does not wait for a source that hangs', async () => {
    const controller = new AbortController();
    const hanging = { size: 10, slice: () => ({ arrayBuffer: () => new Promise<ArrayBuffer>(() => {}) }) };
    const attempt = failureOf(alice.authEncryptFile(hanging, undefined, { signal: controller.signal }));
    setImmediate(() => controller.abort('enough'));
    expect(await attempt).toMatchObject({ code: 'stream/aborted', cause: 'enough' });
  });
});

describe('what cannot be', () => {
  it('asks to register first where there is no key', async () => {
    const dora = await world.createClient('dora');
    for (const attempt of [
      () => dora.authEncryptFile(photo()),
      () => dora.authDecryptFile(photo()),
      () => dora.encryptFile(photo()),
      () => dora.decryptFile(photo()),
      () => dora.encryptSharedFile(photo()),
      () => dora.decryptSharedFile(photo(), 'AAAA'),
      () => dora.sealFile(photo()),
      () => dora.openFile(photo()),
      () => dora.authDecryptFileToStream(photo()),
    ]) {
      await expect(attempt).rejects.toThrow(RegisterRequiredError);
    }
  });

  it('is a file that is none', async () => {
    for (const file of ['text', 5, null, undefined, {}, content]) {
      await expect(alice.authEncryptFile(file as never)).rejects.toThrow(TypeError);
      await expect(alice.authDecryptFile(file as never)).rejects.toMatchObject({ code: 'usage/argument' });
    }
  });

  it('is a reader by name', async () => {
    await expect(alice.authEncryptFile(photo(), 'bob' as never)).rejects.toThrow(ArgumentError);
    await expect(alice.authDecryptFile(photo(), 'bob' as never)).rejects.toThrow(ArgumentError);
  });

  it('is a file that goes away, or changes, while it is read', async () => {
    const gone = { size: 10, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) };
    await expect(alice.authEncryptFile(gone)).rejects.toMatchObject({ code: 'file/unreadable' });
    const shrunk = { size: 10, slice: () => ({ arrayBuffer: async () => new ArrayBuffer(5) }) };
    await expect(alice.authEncryptFile(shrunk)).rejects.toMatchObject({ code: 'stream/wrong-size' });
    let reads = 0;
    const changed = { size: 1, slice: () => ({ arrayBuffer: async () => Uint8Array.of(reads++).buffer }) };
    await expect(alice.encryptFile(changed)).rejects.toMatchObject({ code: 'stream/changed' });
  });
});

describe('over other providers', () => {
  it.each([
    ['web', () => createWebProvider(globalThis.crypto)],
    ['noble', async () => nobleProvider],
  ])('%s: files are the same', async (name, open) => {
    const ella = await world.createClient(`ella with ${name}`, { cryptoProvider: await open() });
    await ella.register();
    const from = await alice.findUsers(ella.identity);
    const file = await ella.authEncryptFile(photo(), await ella.findUsers('alice'));
    expect(await describeFile(await alice.authDecryptFile(file, from))).toEqual(asItWas);
    const back = await alice.encryptFile(photo(), from);
    const opened = await ella.decryptFile(back, await ella.findUsers('alice'));
    expect(await describeFile(opened)).toEqual({ ...asItWas, kind: 'Blob', name: undefined });
  });
});
