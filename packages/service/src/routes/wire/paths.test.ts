import { OPERATIONS, type Operation } from '@sotto/contract/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, expectRefusal, sendRaw, type World } from '../../test-kit.ts';
import { fromWire, toWire, type WireAnswer, type WireRequest } from './wire-kit.ts';

const CARD_ID = 'ab'.repeat(32);

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

async function send(request: WireRequest): Promise<WireAnswer> {
  return fromWire(await sendRaw(world.service.port, toWire(request)));
}

function lineOf({ method }: Operation, path: string): string {
  return `${method.toUpperCase()} ${path.replace(':id', CARD_ID)}`;
}

/** Without a token, a path that exists refuses it for want of one, and a path that does not exist is unknown. */
const operations = OPERATIONS.filter(({ needsToken }) => needsToken);

describe.each(operations.map((operation) => [operation.id, operation] as const))('%s', (_, operation) => {
  test.each<[string, (path: string) => string]>([
    ['is at the root of the origin', (path) => path],
    ['is found by JavaScript, whose URL may end in a slash: //card/v5', (path) => `/${path}`],
    ['is found by the JVM, which ends its paths in a slash: /card/v5/', (path) => `${path}/`],
    ['is found whichever of its slashes are doubled', (path) => `${path.replaceAll('/', '//')}//`],
    ['is found with a query, which is ignored', (path) => `${path}?a=/b//c/`],
    ['is found in the form for proxies', (path) => `http://localhost/${path}`],
  ])('%s', async (_name, spell) => {
    expectRefusal(await send({ line: lineOf(operation, spell(operation.path)) }), 'token/missing');
  });

  test('is found nowhere else: below a prefix, in other letters, with an encoded slash', async () => {
    const elsewhere = [
      `/api${operation.path}`,
      operation.path.toUpperCase(),
      operation.path.replace(/\/(v\d)/, '%2F$1'),
    ];
    for (const path of elsewhere) expectRefusal(await send({ line: lineOf(operation, path) }), 'route/unknown');
  });
});

test.each([
  '/',
  '//',
  '/card',
  '/card/v4',
  '/card/v5/a/b',
  '/card/v5/actions/revoke',
  '/.well-known',
  '/favicon.ico',
  '/%',
  '/%00',
  '/%zz',
])('an unknown path is refused by a code of its own, whatever the method: %s', async (path) => {
  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND']) {
    expectRefusal(await send({ line: `${method} ${path}` }), 'route/unknown');
  }
});

test('a path of thousands of characters is an id that nobody has', async () => {
  const headers = [`Authorization: Virgil ${await world.token({ identity: 'alice' })}`];
  expectRefusal(await send({ line: `GET /card/v5/${'a'.repeat(20_000)}`, headers }), 'entity/unknown');
});

test('a slash more or less leads to the same card', async () => {
  const headers = [`Authorization: Virgil ${await world.token({ identity: 'alice' })}`];
  for (const path of [`//card/v5/${CARD_ID}`, `/card/v5/${CARD_ID}/`, `/card/v5//${CARD_ID}`]) {
    expectRefusal(await send({ line: `GET ${path}`, headers }), 'entity/unknown');
  }
  expect((await send({ line: 'GET //healthz/' })).body).toEqual({ status: 'ok' });
});
