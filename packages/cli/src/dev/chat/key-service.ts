/**
 * The Sotto service as the page sees it, and an operator who can turn evil: below `/demo/service` everything is passed on to
 * the service and back, until the card of a user is swapped. Then searches for that user find one more card, for a key of the
 * operator's own, in place of the true one. The operator has the service key, so that it is signed as any other.
 */
import {
  generateKeyPair,
  issueCard,
  linkCards,
  parseCard,
  type PrivateKey,
  type RawCard,
  SIGNER,
  signCard,
} from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import type { Route } from './routes.ts';

export interface KeyServiceOptions {
  readonly serviceUrl: string;
  /** Signs what the service says of cards. */
  readonly serviceKey: PrivateKey;
}

export interface KeyService {
  readonly route: Route;
  /** From now on lies about this user. */
  swapCard(identity: string): void;
  /** From now on tells the truth. */
  stop(): void;
}

const PREFIX = '/demo/service';
const SEARCH = '/card/v5/actions/search';

/** Of an answer that `fetch` has decoded, or that the socket writes itself. */
const NOT_PASSED_ON = ['connection', 'content-encoding', 'content-length', 'keep-alive', 'transfer-encoding'];

/** Where the page at `origin` reaches it. */
export function keyServiceUrl(origin: string): string {
  return origin + PREFIX;
}

export function createKeyService({ serviceUrl, serviceKey }: KeyServiceOptions): KeyService {
  const swapped = new Map<string, ReturnType<typeof createForger>>();

  const passOn = async (request: Request, path: string): Promise<Response> => {
    const headers = new Headers(request.headers);
    for (const name of ['host', ...NOT_PASSED_ON]) headers.delete(name);
    const body = await request.arrayBuffer();
    const { method, signal } = request;
    const answer = await fetch(serviceUrl + path, { method, headers, signal, ...(body.byteLength > 0 && { body }) });
    const isSearch = method === 'POST' && path === SEARCH && answer.ok && swapped.size > 0;
    if (!isSearch) return toAnswer(answer, await answer.arrayBuffer());
    return toAnswer(answer, await addForgedCards(Buffer.from(body).toString(), await answer.text()));
  };

  const addForgedCards = async (question: string, answer: string): Promise<string> => {
    const { identities } = JSON.parse(question) as { identities: readonly string[] };
    const cards = JSON.parse(answer) as RawCard[];
    const lies = [...swapped].filter(([identity]) => identities.includes(identity));
    const forged = await Promise.all(lies.map(([identity, forge]) => forge(currentCardId(cards, identity))));
    return JSON.stringify([...cards, ...forged]);
  };

  return {
    route(request, { pathname, search }) {
      if (!pathname.startsWith(`${PREFIX}/`)) return undefined;
      return passOn(request, pathname.slice(PREFIX.length) + search);
    },
    swapCard: (identity) => void swapped.set(identity, createForger(identity, serviceKey)),
    stop: () => swapped.clear(),
  };
}

/** Makes the false card of a user, once for each card that it is to replace. */
function createForger(identity: string, serviceKey: PrivateKey): (replaces: string | undefined) => Promise<RawCard> {
  const key = generateKeyPair(nodeProvider);
  const cards = new Map<string | undefined, Promise<RawCard>>();
  const forge = async (previousCardId: string | undefined): Promise<RawCard> => {
    const { privateKey } = await key;
    const createdAt = Math.floor(Date.now() / 1000);
    const card = await issueCard(nodeProvider, { identity, privateKey, createdAt, previousCardId });
    return signCard(nodeProvider, card, { signer: SIGNER.service, privateKey: serviceKey });
  };
  return (replaces) => {
    const known = cards.get(replaces) ?? forge(replaces);
    cards.set(replaces, known);
    return known;
  };
}

function currentCardId(cards: readonly RawCard[], identity: string): string | undefined {
  return linkCards(cards.map(parseCard)).find((card) => card.identity === identity)?.id;
}

function toAnswer({ status, headers }: Response, body: ArrayBuffer | string): Response {
  const kept = new Headers(headers);
  for (const name of NOT_PASSED_ON) kept.delete(name);
  const hasBody = ![101, 204, 205, 304].includes(status);
  return new Response(hasBody ? body : null, { status, headers: kept });
}
