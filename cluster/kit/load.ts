/**
 * Clients that use the service until they are told to stop: cards, values of Keyknox and searches over HTTP of our own, and users of the
 * client library. Each has its own names, so that what may be stored under them is known (`history.ts`).
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CARD_PATHS, HEADERS, KEYKNOX_PATHS, pathTo, type KeyknoxValue, type RawCard } from '@sotto/contract';
import { base64ToBytes, bytesToBase64, cardId, generateKeyPair, issueCard, utf8ToBytes } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { createMemoryCardCache, createMemoryGroupStore, createMemoryKeyStore, EThree, isSdkError } from '@sotto/e3kit';
import type { Http } from '@sotto/e3kit';
import { createHistory, outcomeOf, type History, type Violation } from './history.ts';
import { bodyOf, openWire, type Exchange, type Wire } from './wire.ts';

export interface LoadOptions {
  /** Nodes or a proxy. A client asks one after the other. */
  readonly urls: readonly string[];
  readonly ca?: string | undefined;
  readonly issueToken: (identity: string) => Promise<string>;
  readonly clients: number;
  /** Of them, so many are users of the client library. */
  readonly libraryUsers?: number;
  /** Between two requests of one client. */
  readonly pauseMilliseconds?: number;
}

export interface Load {
  readonly history: History;
  readonly exchanges: readonly Exchange[];
  /** Answers in which an acknowledged card was missing, although nobody had removed it. */
  readonly staleReads: readonly string[];
  /** What calls of the client library failed with. */
  readonly libraryErrors: readonly string[];
  /** Resolves when each client has had its last answer. */
  stop(): Promise<void>;
  /** Compares what was acknowledged with what a node gives back now. */
  check(url: string): Promise<Violation[]>;
}

interface Client {
  readonly name: string;
  readonly history: History;
  readonly wire: () => Wire;
  readonly issueToken: LoadOptions['issueToken'];
  readonly onStale: (what: string) => void;
}

/** After a request that failed, as clients do. */
const BACK_OFF_MILLISECONDS = 100;

export function startLoad(options: LoadOptions): Load {
  const loadId = randomBytes(4).toString('hex');
  const { urls, ca, clients, libraryUsers = 0, pauseMilliseconds = 5, issueToken } = options;
  const history = createHistory();
  const exchanges: Exchange[] = [];
  const staleReads: string[] = [];
  const libraryErrors: string[] = [];
  let isStopping = false;

  const run = async (index: number): Promise<void> => {
    const wires = urls.map((url) => openWire({ url, ca, onExchange: (exchange) => exchanges.push(exchange) }));
    let turn = index;
    const wire = () => wires[turn++ % wires.length] as Wire;
    const client = {
      name: `user-${loadId}-${index}`,
      history,
      wire,
      issueToken,
      onStale: (it: string) => staleReads.push(it),
    };
    const step = index < libraryUsers ? await createLibraryUser(client, libraryErrors) : createWriter(client);
    while (!isStopping) {
      const isGood = await step();
      await delay(isGood ? pauseMilliseconds : BACK_OFF_MILLISECONDS);
    }
    for (const it of wires) it.close();
  };
  const running = Array.from({ length: clients }, (_, index) => run(index));
  return {
    history,
    exchanges,
    staleReads,
    libraryErrors,
    async stop() {
      isStopping = true;
      await Promise.all(running);
    },
    check: async (url) => history.check(await readStored(history.slots, { url, issueToken })),
  };
}

/** How many requests failed with what. */
export function failuresOf(exchanges: readonly Exchange[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { method, path, status, cut } of exchanges) {
    if (status !== undefined && status < 400) continue;
    const what = `${status ?? cut} ${method} ${path.startsWith('/card/v5/') ? '/card/v5/…' : path}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

type Step = () => Promise<boolean>;

/** Publishes a card and looks for it, or puts the next value, in turns. */
function createWriter(client: Client): Step {
  let count = 0;
  let hash: string | undefined;
  let isHashKnown = true;

  const publish = async (): Promise<boolean> => {
    const identity = `${client.name}-${count}`;
    const { privateKey } = await generateKeyPair(nodeProvider);
    const raw = await issueCard(nodeProvider, { identity, privateKey, createdAt: Math.floor(Date.now() / 1000) });
    const token = await client.issueToken(identity);
    const { status } = await client.wire().call({ method: 'POST', path: CARD_PATHS.cards, token, body: raw });
    const outcome = outcomeOf(status);
    const value = raw.content_snapshot;
    client.history.add({ slot: cardSlot(value), value, outcome });
    if (outcome !== 'acknowledged') return false;
    const found = await client.wire().call({
      method: 'POST',
      path: CARD_PATHS.search,
      token,
      body: { identities: [identity] },
    });
    if (found.status !== 200) return false;
    const isThere = bodyOf<RawCard[]>(found).some((card) => card.content_snapshot === value);
    if (!isThere) client.onStale(cardSlot(value));
    return true;
  };

  const put = async (): Promise<boolean> => {
    const token = await client.issueToken(client.name);
    if (!isHashKnown) {
      const now = await client.wire().call({ path: KEYKNOX_PATHS.value, token });
      if (now.status !== 200) return false;
      hash = headerOf(now.headers, HEADERS.keyknoxHash);
      isHashKnown = true;
    }
    const value = bytesToBase64(utf8ToBytes(`value ${count}`));
    const answer = await client.wire().call({
      method: 'PUT',
      path: KEYKNOX_PATHS.value,
      token,
      body: { meta: value, value },
      headers: hash === undefined ? {} : { [HEADERS.keyknoxPreviousHash]: hash },
    });
    const outcome = outcomeOf(answer.status);
    client.history.add({ slot: valueSlot(client.name), value, outcome });
    isHashKnown = outcome === 'acknowledged';
    if (isHashKnown) hash = headerOf(answer.headers, HEADERS.keyknoxHash);
    return isHashKnown;
  };

  return () => (++count % 2 === 0 ? publish() : put());
}

/** Registers one user after the other on devices of their own, each of whom finds the one before. */
async function createLibraryUser(client: Client, errors: string[]): Promise<Step> {
  const http: Http = async ({ method, url, headers, body }) => {
    const { pathname, search } = new URL(url);
    const path = pathname + search;
    const parsed = body === undefined ? {} : { body: JSON.parse(body) as unknown };
    const { authorization, ...others } = headers;
    const plain = { ...others, ...(authorization === undefined ? {} : { Authorization: authorization }) };
    const answer = await client.wire().call({ method, path, headers: plain, ...parsed });
    if (answer.status === undefined) throw new TypeError(`cut: ${answer.cut}`);
    return { status: answer.status, header: (name) => headerOf(answer.headers, name), body: answer.text };
  };
  let count = 0;
  let known: string | undefined;
  return async () => {
    const identity = `${client.name}-person-${count++}`;
    try {
      const user = await EThree.initialize(() => client.issueToken(identity), {
        http,
        keyStore: createMemoryKeyStore(),
        cardCache: createMemoryCardCache(),
        groupStore: createMemoryGroupStore(),
      });
      await user.register();
      if (known !== undefined) await user.findUsers(known);
      known = identity;
      return true;
    } catch (error) {
      errors.push(isSdkError(error) ? error.code : String(error));
      return false;
    }
  };
}

function cardSlot(snapshot: string): string {
  return `card ${cardId(base64ToBytes(snapshot))}`;
}

function valueSlot(identity: string): string {
  return `value ${identity}`;
}

const READERS = 8;

/** What there is in each slot, by the node at `url`. @throws Error where it does not say */
async function readStored(
  slots: readonly string[],
  { url, issueToken }: Pick<LoadOptions, 'issueToken'> & { readonly url: string },
): Promise<Map<string, string>> {
  const stored = new Map<string, string>();
  const waiting = [...slots];
  const read = async (): Promise<void> => {
    const wire = openWire({ url });
    for (let slot = waiting.pop(); slot !== undefined; slot = waiting.pop()) {
      const [kind, name = ''] = slot.split(' ');
      const path = kind === 'card' ? pathTo(CARD_PATHS.card, { id: name }) : KEYKNOX_PATHS.value;
      const answer = await wire.call({ path, token: await issueToken(kind === 'card' ? 'a reader' : name) });
      if (kind === 'card' && answer.status === 404) continue;
      if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status ?? answer.cut}`);
      const value = kind === 'card' ? bodyOf<RawCard>(answer).content_snapshot : bodyOf<KeyknoxValue>(answer).value;
      if (value !== '') stored.set(slot, value);
    }
    wire.close();
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return stored;
}

function headerOf(headers: Readonly<Record<string, string | string[] | undefined>>, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}
