/** Page and worker at the two ends of a channel of Node: the browser's story is in `browser/stories`. */
import { type MessagePort, MessageChannel } from 'node:worker_threads';
import { concatBytes, generateKeyPair, open, seal } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { openStreamUnverified, signAndEncryptStream, signThenEncryptStream } from '@sotto/core/stream';
import { createWebBulk } from '@sotto/core/web-bulk';
import { afterEach, describe, expect, it } from 'vitest';
import { type FileWorker, startWorkerBulk } from './worker-bulk.ts';
import { serveBulk } from './worker-server.ts';

type Failure = (event: { preventDefault(): void }) => void;

interface TestWorker extends FileWorker {
  /** What a browser does when the worker throws, or is not to be had. */
  fail(): void;
  isTerminated(): boolean;
}

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** A worker whose side of the channel `serve` works on. */
function createWorker(serve: (port: MessagePort) => void): TestWorker {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const failures: Failure[] = [];
  let isTerminated = false;
  serve(port2);
  return {
    postMessage: (message) => port1.postMessage(message),
    addEventListener(type: string, listener: (event: never) => void) {
      if (type === 'message') port1.on('message', (data: unknown) => listener({ data } as never));
      else failures.push(listener as Failure);
    },
    terminate() {
      isTerminated = true;
      port1.close();
    },
    fail: () => failures.forEach((listener) => listener({ preventDefault: () => {} })),
    isTerminated: () => isTerminated,
  };
}

function serveWell(port: MessagePort): void {
  serveBulk(
    {
      postMessage: (message, transfer) => port.postMessage(message, transfer as ArrayBuffer[]),
      addEventListener: (_type, listener) => port.on('message', (data: unknown) => listener({ data })),
    },
    createWebBulk(globalThis.crypto),
  );
}

async function* cut(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return concatBytes(...all);
}

const { publicKey, privateKey } = await generateKeyPair(nodeProvider);
const plaintext = Uint8Array.from({ length: 123_456 }, (_, index) => index % 251);
const access = { keys: [privateKey], signers: [publicKey], mode: 'signAndEncrypt' } as const;
const common = { size: plaintext.length, recipients: [publicKey], signer: privateKey };

describe('the bulk that a worker does', () => {
  it('writes and reads what everybody else reads and writes', async () => {
    const worker = createWorker(serveWell);
    const { bulk, end } = (await startWorkerBulk(() => worker))!;
    const given = plaintext.slice();
    const message = await collect(
      signAndEncryptStream(nodeProvider, { ...common, source: cut(given), padding: true, bulk }),
    );
    expect(given).toEqual(plaintext); // nothing of the caller was handed over
    expect((await open(nodeProvider, { message, ...access })).plaintext).toEqual(plaintext);
    const whole = await seal(nodeProvider, { ...common, plaintext, mode: 'signAndEncrypt', padding: true });
    expect(await collect(openStreamUnverified(nodeProvider, { ...access, source: cut(whole), bulk }))).toEqual(
      plaintext,
    );

    const old = await collect(signThenEncryptStream(nodeProvider, { ...common, read: () => cut(plaintext), bulk }));
    const mode = 'signThenEncrypt';
    expect((await open(nodeProvider, { message: old, ...access, mode })).plaintext).toEqual(plaintext);
    expect(await collect(openStreamUnverified(nodeProvider, { ...access, mode, source: cut(old), bulk }))).toEqual(
      plaintext,
    );
    end();
    expect(worker.isTerminated()).toBe(true);
  });

  it('refuses with the codes that the page would', async () => {
    const { bulk } = (await startWorkerBulk(() => createWorker(serveWell)))!;
    const message = await seal(nodeProvider, { ...common, plaintext, mode: 'signAndEncrypt', padding: true });
    message[50_000]! ^= 1;
    const attempt = collect(openStreamUnverified(nodeProvider, { ...access, source: cut(message), bulk }));
    await expect(attempt).rejects.toMatchObject({ code: 'envelope/undecryptable' });
  });

  it('fails with a code where the worker ends in the middle', async () => {
    const worker = createWorker(serveWell);
    const { bulk } = (await startWorkerBulk(() => worker))!;
    const failing = async function* () {
      yield plaintext.subarray(0, 1000);
      worker.fail();
      yield plaintext.subarray(1000);
    };
    const attempt = collect(signAndEncryptStream(nodeProvider, { ...common, source: failing(), bulk }));
    await expect(attempt).rejects.toMatchObject({ code: 'file/worker-failed', family: 'internal' });
  });

  it.each([
    ['nothing of use', () => undefined],
    ['text', () => 'text'],
    ['no bytes', () => ({ value: 'text' })],
    ['a code of its own', () => ({ code: 'token/expired' })],
    ['half an end', () => ({ value: { rest: new Uint8Array(1) } })],
  ])('fails with a code where the worker answers %s', async (_, answer) => {
    const worker = createWorker((port) => {
      port.postMessage('sotto-ready');
      port.on('message', ({ call }: { call: string }) =>
        port.postMessage(call === 'seal' ? { value: undefined } : answer()),
      );
    });
    const { bulk } = (await startWorkerBulk(() => worker))!;
    const attempt = collect(signAndEncryptStream(nodeProvider, { ...common, source: cut(plaintext), bulk }));
    await expect(attempt).rejects.toMatchObject({ code: 'file/worker-failed' });
  });
});

describe('a worker that is not to be had', () => {
  it('is given up where it cannot be made, fails at its start, or is another one', async () => {
    const refused = () => {
      throw new Error('the policy of the page');
    };
    expect(await startWorkerBulk(refused)).toBeUndefined();
    const failing = createWorker(() => {});
    const attempt = startWorkerBulk(() => failing);
    failing.fail();
    expect(await attempt).toBeUndefined();
    const other = createWorker((port) => port.postMessage({ hello: 'from another library' }));
    expect(await startWorkerBulk(() => other)).toBeUndefined();
    expect([failing.isTerminated(), other.isTerminated()]).toEqual([true, true]);
  });
});

describe('the worker', () => {
  it.each([
    undefined,
    null,
    'text',
    {},
    { call: 'constructor' },
    { call: 'update' },
    { call: 'update', bytes: 'text' },
    { call: 'update', bytes: new Uint8Array(1) }, // of no job
    { call: 'hash', options: { hash: 'MD5' } },
    { call: 'seal', options: { hash: 'SHA-512' } },
    { call: 'seal', options: { hash: 'SHA-512', key: new Uint8Array(16), nonce: new Uint8Array(12) } },
  ])('refuses %o, and goes on', async (request) => {
    const worker = createWorker(serveWell);
    const answers: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      worker.addEventListener('message', ({ data }) => {
        answers.push(data);
        if (answers.length === 3) resolve();
      });
    });
    worker.postMessage(request);
    worker.postMessage({ call: 'hash', options: { hash: 'SHA-512' } });
    await done;
    expect(answers).toEqual(['sotto-ready', { code: undefined }, { value: undefined }]);
  });
});
