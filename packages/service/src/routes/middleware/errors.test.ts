import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCard, createWorld, expectRefusal, idOf, type World } from '../../test-kit.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

describe('a path that does not exist', () => {
  test.each([
    '/',
    '/card',
    '/card/v4',
    '/card/v5/a/b',
    '/card/v5/actions/revoke',
    '/keyknox/v1',
    '/.well-known',
    '/%',
    '/%00',
  ])('%s', async (path) => {
    expectRefusal(await world.call({ path }), 'route/unknown');
    expectRefusal(await world.call({ path, method: 'POST', body: {} }), 'route/unknown');
  });
});

describe('a method that a path does not take', () => {
  test.each([
    ['GET', '/card/v5', 'POST'],
    ['PUT', '/card/v5', 'POST'],
    ['PATCH', '/card/v5', 'POST'],
    ['GET', '/card/v5/actions/search', 'POST'],
    ['GET', '/card/v5/actions/outdated', 'POST'],
    ['DELETE', `/card/v5/${'ab'.repeat(32)}`, 'GET'],
    ['GET', `/card/v5/actions/revoke/${'ab'.repeat(32)}`, 'POST'],
    ['POST', '/.well-known/sotto', 'GET, HEAD'],
    ['PROPFIND', '/card/v5', 'POST'],
  ])('%s %s', async (method, path, allowed) => {
    const answer = await world.call({ method, path });
    expectRefusal(answer, 'route/method-not-allowed');
    expect(answer.headers.get('Allow')).toBe(allowed);
  });

  test('HEAD, without a body', async () => {
    const token = await world.token({ identity: 'alice' });
    for (const path of ['/card/v5', `/card/v5/${'ab'.repeat(32)}`, '/card/v5/actions/search']) {
      const { status, body, headers } = await world.call({ method: 'HEAD', path, token });
      expect({ status, body }).toEqual({ status: 405, body: undefined });
      expect(headers.get('Content-Type')).toBe('application/json');
    }
    expect((await world.call({ method: 'HEAD', path: '/no/such' })).status).toBe(404);
  });
});

describe('a path may be written', () => {
  test.each(['/card/v5', '/card/v5/', '//card/v5', '/card//v5//', '///card///v5'])(
    'for publishing: %s',
    async (path) => {
      const { raw } = await createCard('alice');
      const token = await world.token({ identity: 'alice' });
      expect((await world.call({ method: 'POST', path, token, body: raw })).status).toBe(200);
    },
  );

  test.each(['//card/v5/', '/card//v5/', '/card/v5/'])('for getting: %s', async (prefix) => {
    const { raw } = await createCard('alice');
    await world.publish(raw, 'alice');
    const token = await world.token({ identity: 'alice' });
    expect((await world.call({ path: prefix + idOf(raw), token })).status).toBe(200);
    expect((await world.call({ path: `${prefix}${idOf(raw)}/`, token })).status).toBe(200);
  });

  test('with a query, which is ignored', async () => {
    expect((await world.call({ path: '/healthz?now=1' })).status).toBe(200);
  });
});

test('a header that is only for statistics refuses nobody', async () => {
  for (const agent of ['e3kit;js;Node20/linux;2.5.1', 'undefined', '', 'x'.repeat(4000)]) {
    const { status } = await world.call({ path: '/.well-known/sotto', headers: { 'Virgil-Agent': agent } });
    expect(status).toBe(200);
  }
});
