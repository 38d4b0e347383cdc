import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../../test-kit.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

function expectOpen(headers: Headers): void {
  expect(headers.get('Access-Control-Allow-Origin')).toBe('*');
  expect(headers.get('Access-Control-Expose-Headers')).toBe('Virgil-Keyknox-Hash, X-Virgil-Is-Superseeded');
}

test.each([
  '/card/v5',
  '/card/v5/',
  '//card/v5',
  '/card/v5/actions/search',
  '/keyknox/v2/push',
  '/.well-known/sotto',
  '/',
  '/no/such',
])('a preflight for %s is answered, without a token', async (path) => {
  const { status, headers } = await world.call({ method: 'OPTIONS', path });
  expect(status).toBe(204);
  expectOpen(headers);
  expect(headers.get('Access-Control-Allow-Methods')).toBe('GET, POST, PUT, DELETE');
  expect(headers.get('Access-Control-Allow-Headers')).toBe(
    'Authorization, Content-Type, Virgil-Agent, Virgil-Keyknox-Previous-Hash',
  );
  expect(Number(headers.get('Access-Control-Max-Age'))).toBeGreaterThan(600);
});

describe('pages can read', () => {
  test('answers', async () => {
    const token = await world.token({ identity: 'alice' });
    const body = { identities: ['nobody'] };
    const { status, headers } = await world.call({ method: 'POST', path: '/card/v5/actions/search', token, body });
    expect(status).toBe(200);
    expectOpen(headers);
  });

  test.each([
    ['a missing token', { path: `/card/v5/${'ab'.repeat(32)}` }],
    ['an unknown path', { path: '/no/such' }],
    ['a method that is not taken', { path: '/card/v5', method: 'DELETE' }],
    ['a body that is too large', { path: '/card/v5', method: 'POST', body: ' '.repeat(3_000_000) }],
  ])('the refusal of %s', async (_, call) => {
    const { status, headers } = await world.call(call);
    expect(status).toBeGreaterThanOrEqual(400);
    expectOpen(headers);
  });

  test('the key chain of the service', async () => {
    expectOpen((await world.call({ path: '/.well-known/sotto' })).headers);
  });
});

test.each(['/healthz', '/readyz', '/openapi.json'])('%s is not for pages', async (path) => {
  const answer = await world.call({ path });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
  const preflight = await world.call({ method: 'OPTIONS', path });
  expect(preflight.status).toBe(405);
  expect(preflight.headers.get('Access-Control-Allow-Origin')).toBeNull();
});
