/** Starts `client.js` and passes calls on to the official clients in it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface OfficialSettings {
  readonly apiUrl: string;
  readonly backendUrl: string;
  readonly servicePublicKey: string;
}

export interface OfficialOptions {
  readonly keyPairType?: string;
  readonly useSha256Identifiers?: boolean;
  /** Bring a token provider of the app, which keeps a token until it is told to renew it. */
  readonly keepsToken?: boolean;
  /** Set up to verify cards, which is the default here and not that of the client. */
  readonly verifies?: boolean;
}

/** A card as the official client sees it. */
export interface OfficialCard {
  readonly id: string;
  readonly identity: string;
  /** Hex of its DER. */
  readonly publicKey: string;
  readonly createdAt: Date;
  readonly isOutdated: boolean;
  readonly previousCardId?: string;
  readonly previousCard?: OfficialCard;
}

/** One official client: a user on a device. Readers and senders are named by identity, and looked up there. */
export interface OfficialDevice {
  readonly identity: string;
  register(): Promise<void>;
  rotatePrivateKey(): Promise<void>;
  unregister(): Promise<void>;
  cleanup(): Promise<void>;
  hasLocalPrivateKey(): Promise<boolean>;
  findUsers(identity: string): Promise<OfficialCard>;
  findUsers(identities: readonly string[]): Promise<Record<string, OfficialCard>>;
  /** Hex of the DER of each key. */
  lookupPublicKeys(identity: string): Promise<string>;
  lookupPublicKeys(identities: readonly string[]): Promise<Record<string, string>>;
  encrypt<T extends string | Uint8Array>(data: T, readers?: string | readonly string[]): Promise<T>;
  decrypt<T extends string | Uint8Array>(data: T, sender?: string, date?: Date): Promise<T>;
  authEncrypt<T extends string | Uint8Array>(data: T, readers?: string | readonly string[]): Promise<T>;
  authDecrypt<T extends string | Uint8Array>(data: T, sender?: string, date?: Date): Promise<T>;
  /** As `encrypt`, for keys of the older lookup. */
  encryptForKeys<T extends string | Uint8Array>(data: T, readers: readonly string[]): Promise<T>;
  publishAnotherCard(): Promise<void>;
  publishCardOf(identity: string): Promise<void>;
  getCard(id: string): Promise<OfficialCard>;
  searchCards(identities: string | readonly string[]): Promise<OfficialCard[]>;
  revokeCard(id: string): Promise<void>;
  /** Base64 of its DER. */
  exportPrivateKey(): Promise<string>;
}

export interface OfficialClients {
  /** A client with a store of its own. The store of its groups refuses an identity with a space in it. */
  open(identity: string, options?: OfficialOptions): Promise<OfficialDevice>;
  close(): Promise<void>;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
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
      await send('open', undefined, [device, identity, options]);
      return createDevice(identity, (command, args) => send(command, device, args));
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

type Send = (command: string, device: string | undefined, args: readonly unknown[]) => Promise<unknown>;

function createSender(child: ChildProcess, ended: Promise<never>): Send {
  const waiting = new Map<number, (answer: Answer) => void>();
  let sent = 0;
  child.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  return async (command, device, args) => {
    const id = sent++;
    const answered = new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
    });
    child.send({ id, command, device, args });
    const { error, result } = await Promise.race([answered, ended]);
    if (error) throw Object.assign(new Error(error.message), error);
    return result;
  };
}

function createDevice(
  identity: string,
  send: (command: string, args: readonly unknown[]) => Promise<unknown>,
): OfficialDevice {
  return new Proxy({ identity } as OfficialDevice, {
    get(target, name) {
      // A promise of a device must not take it for a promise.
      if (name in target || typeof name !== 'string' || name === 'then') return target[name as 'identity'];
      return (...args: unknown[]) => send(name, args);
    },
  });
}
