/** Starts `client.js` and passes calls on to the official clients in it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OfficialDevice, OfficialGroup, OfficialOptions } from './device.ts';

export interface OfficialSettings {
  readonly apiUrl: string;
  readonly backendUrl: string;
  readonly servicePublicKey: string;
}

export interface OfficialClients {
  /** A client with a store of its own. The store of its groups refuses an identity with a space in it. */
  open(identity: string, options?: OfficialOptions): Promise<OfficialDevice>;
  close(): Promise<void>;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  /** Handle of a group, where that is the result. */
  readonly group?: number;
  readonly error?: { readonly message: string };
}

export async function startOfficialClients(settings: OfficialSettings): Promise<OfficialClients> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-interop-'));
  const child = fork(join(import.meta.dirname, 'client.js'), [JSON.stringify(settings)], {
    cwd: folder,
    serialization: 'advanced',
    // The options of a test runner are of no use there.
    execArgv: [],
    // It warns of each old call, which is of no use here.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const ended = failAtEnd(child);
  const send = createSender(child, ended);
  await Promise.race([once(child, 'message'), ended]);

  let opened = 0;
  return {
    async open(identity, options = {}) {
      const device = `${opened++}`;
      await send('open', { args: [device, identity, options] });
      return createDevice(identity, (command, call) => send(command, { device, ...call }));
    },
    async close() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Fails when the process ends unasked, with what it wrote until then. */
function failAtEnd(child: ChildProcess): Promise<never> {
  const chunks: Uint8Array[] = [];
  child.stderr!.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = once(child, 'close').then((): never => {
    throw new Error(`The official client has ended.\n${Buffer.concat(chunks).toString()}`);
  });
  ended.catch(() => {});
  return ended;
}

interface Call {
  readonly device?: string;
  /** Handle of a group of that device. */
  readonly group?: number;
  readonly args: readonly unknown[];
}

type Send = (command: string, call: Call) => Promise<Answer>;

function createSender(child: ChildProcess, ended: Promise<never>): Send {
  const waiting = new Map<number, (answer: Answer) => void>();
  let sent = 0;
  child.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  return async (command, call) => {
    const id = sent++;
    const answered = new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
    });
    child.send({ id, command, ...call });
    const answer = await Promise.race([answered, ended]);
    if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
    return answer;
  };
}

function createDevice(identity: string, send: Send): OfficialDevice {
  return createProxy({ identity } as OfficialDevice, async (command, args) => {
    const { result, group } = await send(command, { args });
    return group === undefined ? result : createGroup(group, send);
  });
}

function createGroup(group: number, send: Send): OfficialGroup {
  return createProxy({} as OfficialGroup, async (command, args) => (await send(command, { group, args })).result);
}

/** Answers to every method by passing it on. */
function createProxy<T extends object>(target: T, call: (name: string, args: unknown[]) => Promise<unknown>): T {
  return new Proxy(target, {
    get(_, name) {
      // A promise of it must not take it for a promise.
      if (name in target || typeof name !== 'string' || name === 'then') return target[name as keyof T];
      return (...args: unknown[]) => call(name, args);
    },
  });
}
