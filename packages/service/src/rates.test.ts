import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_REQUEST_RATES, type RequestRates } from './domain/request-rates.ts';
import { callService, createWorld, expectRefusal, sendRaw, type Answer, type Call, type World } from './test-kit.ts';

const OFF: RequestRates = { address: undefined, identity: undefined, application: undefined };
const SEARCH = { method: 'POST', path: '/card/v5/actions/search', body: { identities: ['nobody'] } };

/** With a rate of one, eleven requests are answered in a second: one, and ten beyond. A second may end in between. */
const SOME = 40;

let world: World;

afterEach(() => world.close());

async function start(rates: Partial<RequestRates>): Promise<void> {
  // Whom a request comes from, the tests say as a proxy on this machine would.
  world = await createWorld({ requestRates: { ...OFF, ...rates }, trustedProxies: ['127.0.0.1'] });
}

/** The answers to the same request again and again, in their order. */
async function askOften(call: Call, { address = '192.0.2.1' }: { address?: string } = {}): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let number = 0; number < SOME; number++) {
    answers.push(await callService(world.service.url, { ...call, headers: { 'X-Forwarded-For': address } }));
  }
  return answers;
}

function expectLimited(answers: readonly Answer[]): void {
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(answers.length - refused.length).toBeGreaterThanOrEqual(11);
  for (const answer of refused) {
    expectRefusal(answer, 'request/too-many');
    expect(answer.headers.get('Retry-After')).toMatch(/^[1-9]\d*$/);
    expect(answer.headers.get('Access-Control-Expose-Headers')).toContain('Retry-After');
  }
}

function expectUnlimited(answers: readonly Answer[]): void {
  expect(answers.filter(({ status }) => status === 429)).toEqual([]);
}

describe('an address', () => {
  test('that asks too often is told when to come back, in words that a page can read', async () => {
    await start({ address: 1 });
    expectLimited(await askOften({ path: '/.well-known/sotto' }));
    expectUnlimited((await askOften({ path: '/.well-known/sotto' }, { address: '192.0.2.2' })).slice(0, 11));
  });

  test('is refused before its token is checked and before its body is read', async () => {
    await start({ address: 1 });
    await askOften({ path: '/no/such' });
    const head = [
      'POST /card/v5 HTTP/1.1',
      'Host: a',
      'X-Forwarded-For: 192.0.2.1',
      'Authorization: Virgil garbage',
      'Content-Length: 2000000',
      'Connection: close',
      '',
      '',
    ];
    const answers: string[] = [];
    for (let number = 0; number < 3; number++) answers.push(await sendRaw(world.service.port, head.join('\r\n')));
    expect(answers).toContainEqual(expect.stringMatching(/^HTTP\/1\.1 429 /));
  });

  test('of IPv6 is all that follows its first 64 bits', async () => {
    await start({ address: 1 });
    const answers: Answer[] = [];
    for (let number = 0; number < SOME; number++) {
      const headers = { 'X-Forwarded-For': `2001:db8:1:2::${number.toString(16)}` };
      answers.push(await callService(world.service.url, { path: '/.well-known/sotto', headers }));
    }
    expectLimited(answers);
  });

  test.each(['/healthz', '/readyz'])('is answered however often it asks %s, as load balancers do', async (path) => {
    await start({ address: 1 });
    expectUnlimited(await askOften({ path }));
  });

  test('with tokens that nobody has signed is limited ten times as soon', async () => {
    await start({ address: 10 });
    const token = `${(await world.token({ identity: 'alice' })).slice(0, -8)}AAAAAAAA`;
    const [first, ...rest] = await askOften({ ...SEARCH, token });
    expect(first?.status).toBe(400);
    expect(rest.some(({ status }) => status === 429)).toBe(true);
    const good = await world.token({ identity: 'alice' });
    expectUnlimited(await askOften({ ...SEARCH, token: good }, { address: '192.0.2.2' }));
  });

  test('with a token that has expired is not: somebody is late', async () => {
    await start({ address: 10 });
    const token = await world.token({ identity: 'alice', ttlSeconds: -60 });
    expectUnlimited(await askOften({ ...SEARCH, token }));
  });
});

describe('an identity', () => {
  test('that asks too often is refused on whichever address it is, and others are not', async () => {
    await start({ identity: 1 });
    const token = await world.token({ identity: 'alice' });
    expectLimited(await askOften({ ...SEARCH, token }));
    const elsewhere = await askOften({ ...SEARCH, token }, { address: '192.0.2.2' });
    expect(elsewhere.some(({ status }) => status === 429)).toBe(true);
    const other = await world.token({ identity: 'bob' });
    expectUnlimited((await askOften({ ...SEARCH, token: other })).slice(0, 11));
  });

  test('may have fifty requests in flight', async () => {
    await start(DEFAULT_REQUEST_RATES);
    const token = await world.token({ identity: 'alice' });
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.call({ ...SEARCH, token })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

test('an application is limited as all of its users, and another one is not', async () => {
  await start({ application: 1 });
  const answers: Answer[] = [];
  for (let number = 0; number < SOME; number++) {
    answers.push(await world.call({ ...SEARCH, token: await world.token({ identity: `user ${number}` }) }));
  }
  expectLimited(answers);
  const other = await world.otherApplication();
  expect((await world.call({ ...SEARCH, token: await other.token({ identity: 'alice' }) })).status).toBe(200);
});

test('a node counts for itself', async () => {
  await start({ address: 1 });
  await askOften({ path: '/no/such' });
  await world.restart();
  expectUnlimited((await askOften({ path: '/.well-known/sotto' })).slice(0, 11));
});
