import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCard, createWorld, expectRefusal, idOf, type World } from '../../test-kit.ts';

let lines: string[];
let world: World;

beforeEach(async () => {
  lines = [];
  world = await createWorld({ logger: pino({ level: 'trace' }, { write: (line) => lines.push(line) }) });
});

afterEach(() => world.close());

function requestLines(): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === 'request');
}

test('one line tells what was asked, how it ended and how long it took, under the id in the answer', async () => {
  const { raw } = await createCard('alice');
  const answer = await world.publish(raw, 'alice');
  expect(requestLines()).toEqual([
    expect.objectContaining({
      level: 30,
      requestId: answer.headers.get('X-Request-Id'),
      method: 'POST',
      route: '/card/v5',
      status: 200,
      ms: expect.any(Number),
      applicationId: world.appId,
    }),
  ]);
});

test('the route is a pattern, whatever was asked for', async () => {
  const token = await world.token({ identity: 'alice' });
  await world.call({ path: `/card/v5/${'ab'.repeat(32)}`, token });
  await world.call({ method: 'POST', path: `/card/v5/actions/revoke/${'ab'.repeat(32)}`, token });
  await world.call({ path: '/somebody/private' });
  expect(requestLines().map(({ route, status }) => [route, status])).toEqual([
    ['/card/v5/:id', 404],
    ['/card/v5/actions/revoke/:id', 404],
    ['/*', 404],
  ]);
});

test('no identity, token, card or body is in the log', async () => {
  const { raw } = await createCard('alice@example.org');
  const token = await world.token({ identity: 'alice@example.org' });
  const calls = [
    { method: 'POST', path: '/card/v5', token, body: raw },
    { method: 'POST', path: '/card/v5', token, body: raw },
    { path: `/card/v5/${idOf(raw)}`, token },
    { method: 'POST', path: '/card/v5/actions/search', token, body: { identities: ['alice@example.org', 5] } },
    { method: 'POST', path: '/card/v5/actions/search', token, body: '{"alice@example.org' },
    { path: `/card/v5/${idOf(raw)}`, token: `${token}x` },
  ];
  for (const call of calls) await world.call(call);
  const log = lines.join('');
  expect(requestLines()).toHaveLength(calls.length);
  for (const secret of ['alice', token, token.split('.')[2] ?? '', idOf(raw), raw.content_snapshot]) {
    expect(log).not.toContain(secret);
  }
});

test('a fault of ours is logged with its reason, and answered without', async () => {
  await world.service.store.close();
  const token = await world.token({ identity: 'alice' });
  const answer = await world.call({ path: `/card/v5/${'ab'.repeat(32)}`, token });
  expectRefusal(answer, 'internal');
  const failure = lines.map((line) => JSON.parse(line) as Record<string, unknown>).find(({ level }) => level === 50);
  expect(failure).toMatchObject({
    msg: 'request failed',
    requestId: answer.headers.get('X-Request-Id'),
    err: { stack: expect.any(String) },
  });
});

test('being unready is said so', async () => {
  await world.service.store.close();
  const { status, body } = await world.call({ path: '/readyz' });
  expect({ status, code: body.code }).toEqual({ status: 503, code: 70010 });
  expect((await world.call({ path: '/healthz' })).status).toBe(200);
});
