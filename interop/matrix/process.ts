/** Runs `library.js`, and runs it anew when the WebAssembly module in it has ended: calls that still wait go to the new one. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Library {
  /** Calls are answered in their order. @throws `OfficialError` */
  call(name: string, args: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** What the official library threw, and whether its module ended over it. */
export class OfficialError extends Error {
  readonly isAbort: boolean;

  constructor({ error, abort }: Answer) {
    super(abort ?? error);
    this.name = 'OfficialError';
    this.isAbort = abort !== undefined;
  }
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
  readonly abort?: string;
}

interface Call {
  readonly id: number;
  readonly call: string;
  readonly args: unknown;
}

interface Waiting {
  readonly sent: Call;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** Starts the library that is installed in `folder`. */
export async function startLibrary(folder: string): Promise<Library> {
  const waiting = new Map<number, Waiting>();
  let count = 0;
  let isClosing = false;
  let failure: Error | undefined;
  let child = await start();

  async function start(): Promise<ChildProcess> {
    const started = fork(join(import.meta.dirname, 'library.js'), [folder], {
      serialization: 'advanced',
      // The options of a test runner are of no use there.
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const written: Uint8Array[] = [];
    started.stderr!.on('data', (chunk: Uint8Array) => written.push(chunk));
    const ended = once(started, 'close').then((): never => {
      throw new Error(`The official library has ended.\n${Buffer.concat(written).toString()}`);
    });
    await Promise.race([once(started, 'message'), ended]);

    let isAborted = false;
    started.on('message', (answer: Answer) => {
      isAborted = answer.abort !== undefined;
      settle(answer);
    });
    ended.catch((reason: Error) => {
      if (isClosing) return;
      if (isAborted) restart().catch(fail);
      else fail(reason);
    });
    return started;
  }

  async function restart(): Promise<void> {
    child = await start();
    if (isClosing) child.disconnect();
    for (const { sent } of waiting.values()) send(sent);
  }

  function settle(answer: Answer): void {
    const { resolve, reject } = waiting.get(answer.id)!;
    waiting.delete(answer.id);
    if (answer.error === undefined && answer.abort === undefined) resolve(answer.value);
    else reject(new OfficialError(answer));
  }

  /** No call is answered from here on. */
  function fail(reason: Error): void {
    failure = reason;
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  }

  function send(call: Call): void {
    // What cannot be sent to a process that is ending is sent to the next.
    if (child.connected) child.send(call, () => {});
  }

  return {
    call: (name, args) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        const sent = { id: count++, call: name, args };
        waiting.set(sent.id, { sent, resolve, reject });
        send(sent);
      }),

    async close() {
      isClosing = true;
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
