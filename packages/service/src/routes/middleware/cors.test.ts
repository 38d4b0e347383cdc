import { HEALTH_PATHS } from '@sotto/contract';
import { OPERATIONS } from '@sotto/contract/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCard, createWorld, idOf, sendRaw, type World } from '../../test-kit.ts';
import { OPENAPI_PATH } from '../openapi.ts';
import { fromWire, toWire, type WireAnswer, type WireRequest } from '../wire/wire-kit.ts';

/** What a browser asks before it lets a page send a request. */
const ASKING = [
  'Origin: https://app.example',
  'Access-Control-Request-Method: PUT',
  'Access-Control-Request-Headers: authorization,content-type,virgil-agent,virgil-keyknox-previous-hash',
];
const closedPaths: readonly string[] = [...Object.values(HEALTH_PATHS), OPENAPI_PATH];

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

async function send(request: WireRequest): Promise<WireAnswer> {
  return fromWire(await sendRaw(world.service.port, toWire(request)));
}

/** With `*` a browser sends no cookies, and none are asked for. */
function expectOpen(headers: Headers): void {
  expect(headers.get('Access-Control-Allow-Origin')).toBe('*');
  expect(headers.get('Access-Control-Expose-Headers')).toBe(
    'Virgil-Keyknox-Hash, X-Virgil-Is-Superseeded, Retry-After',
  );
  expect(headers.get('Access-Control-Allow-Credentials')).toBeNull();
}

function expectPreflight({ status, body, headers }: WireAnswer): void {
  expect({ status, body }).toEqual({ status: 204, body: undefined });
  expectOpen(headers);
  expect(headers.get('Access-Control-Allow-Methods')).toBe('GET, POST, PUT, DELETE');
  expect(headers.get('Access-Control-Allow-Headers')).toBe(
    'Authorization, Content-Type, Virgil-Agent, Virgil-Keyknox-Previous-Hash',
  );
  expect(Number(headers.get('Access-Control-Max-Age'))).toBeGreaterThan(600);
}

describe('a preflight is answered without a token', () => {
  const openPaths = new Set(OPERATIONS.map(({ path }) => path).filter((path) => !closedPaths.includes(path)));

  test.each([...openPaths])('for %s, however its slashes are written', async (pattern) => {
    const path = pattern.replace(':id', 'ab'.repeat(32));
    for (const spelling of [path, `/${path}`, `${path}/`, `${path}?a=b`]) {
      expectPreflight(await send({ line: `OPTIONS ${spelling}`, headers: ASKING }));
    }
  });

  test.each(['/', '//', '/no/such', '/card/v4', '/keyknox/v2/no-such', '/%', '/%00', '/card/v5/a/b/c'])(
    'for a path that does not exist: %s',
    async (path) => {
      expectPreflight(await send({ line: `OPTIONS ${path}`, headers: ASKING }));
    },
  );

  test('of a page that has no origin, and of one that asks for other headers', async () => {
    expectPreflight(await send({ line: 'OPTIONS /card/v5', headers: ['Origin: null'] }));
    expectPreflight(await send({ line: 'OPTIONS /card/v5', headers: ['Access-Control-Request-Headers: x-other'] }));
    expectPreflight(await send({ line: 'OPTIONS /card/v5' }));
  });

  test('and with one that is good for nothing', async () => {
    expectPreflight(await send({ line: 'OPTIONS /card/v5', headers: [...ASKING, 'Authorization: Virgil garbage'] }));
  });
});

describe('pages can read', () => {
  test('that a card is superseded', async () => {
    const { raw } = await createCard('alice');
    await world.publish(raw, 'alice');
    const { raw: next } = await createCard('alice', { previousCardId: idOf(raw) });
    await world.publish(next, 'alice');
    const headers = [...ASKING, `Authorization: Virgil ${await world.token({ identity: 'bob' })}`];
    const answer = await send({ line: `GET /card/v5/${idOf(raw)}`, headers });
    expect(answer.headers.get('X-Virgil-Is-Superseeded')).toBe('true');
    expectOpen(answer.headers);
  });

  test.each<[number, string, WireRequest]>([
    [400, 'of a token that cannot be read', { line: 'GET /card/v5/abc', headers: ['Authorization: Virgil garbage'] }],
    [401, 'of a missing token', { line: 'GET /card/v5/abc' }],
    [404, 'of an unknown path', { line: 'GET /no/such' }],
    [405, 'of a method that is not taken', { line: 'DELETE /card/v5' }],
    [400, 'of no request at all', { line: 'GET no-path' }],
    [431, 'of headers that are too large', { line: 'GET /card/v5', headers: [`X: ${'x'.repeat(40_000)}`] }],
  ])('a refusal with %i, %s', async (status, _, request) => {
    const answer = await send(request);
    expect(answer).toMatchObject({ status, body: { code: expect.any(Number), message: expect.any(String) } });
    expectOpen(answer.headers);
  });

  test('a refusal with 404 of an id, 413 and 401 of an expired token', async () => {
    const headers = [`Authorization: Virgil ${await world.token({ identity: 'alice' })}`];
    const unknown = await send({ line: 'GET /card/v5/abc', headers });
    const tooLarge = await send({ line: 'POST /card/v5', headers: [...headers, 'Content-Length: 3000000'] });
    const token = await world.token({ identity: 'alice', ttlSeconds: -60 });
    const expired = await send({ line: 'GET /card/v5/abc', headers: [`Authorization: Virgil ${token}`] });
    expect([unknown, tooLarge, expired].map(({ status }) => status)).toEqual([404, 413, 401]);
    for (const answer of [unknown, tooLarge, expired]) expectOpen(answer.headers);
  });

  test('the key chain of the service', async () => {
    expectOpen((await send({ line: 'GET /.well-known/sotto' })).headers);
  });
});

test.each(closedPaths)('%s is not for pages', async (path) => {
  const answer = await send({ line: `GET ${path}` });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
  const preflight = await send({ line: `OPTIONS ${path}`, headers: ASKING });
  expect(preflight.status).toBe(405);
  expect(preflight.headers.get('Access-Control-Allow-Origin')).toBeNull();
});
