import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCard, createWorld, expectRefusal, sendRaw, type World } from '../../test-kit.ts';
import { fromWire, toWire, type WireAnswer } from './wire-kit.ts';

let world: World;
let token: string;

beforeAll(async () => {
  world = await createWorld();
  token = await world.token({ identity: 'alice' });
});

afterAll(() => world.close());

async function search(...headers: readonly string[]): Promise<WireAnswer> {
  const body = '{"identities":["nobody"]}';
  return fromWire(await sendRaw(world.service.port, toWire({ line: 'POST /card/v5/actions/search', headers, body })));
}

describe('the token', () => {
  test.each(['Authorization: Virgil ', 'authorization: Virgil ', 'AUTHORIZATION: VIRGIL ', 'aUtHoRiZaTiOn:virgil   '])(
    'is found under a header and a scheme in letters of any case: %s',
    async (start) => {
      expect((await search(start + token)).status).toBe(200);
    },
  );

  test('is refused when there are two, as none says which of them counts', async () => {
    const other = await world.token({ identity: 'bob' });
    for (const second of [token, other]) {
      const answer = await search(`Authorization: Virgil ${token}`, `Authorization: Virgil ${second}`);
      expectRefusal(answer, 'token/missing');
    }
  });

  test('that is no ASCII cannot be read', async () => {
    expectRefusal(await search('Authorization: Virgil \xe9.\xff.\xa0a'), 'token/malformed');
  });
});

describe('Virgil-Agent is for statistics', () => {
  test.each([
    'e3kit;js;Node20/linux;2.5.1',
    'e3kit;js;Chrome/Linux;3.0.5',
    'sdk;x;iOS/26;9.0.0',
    'ratchet;jvm;Android;3.0.0',
    'sdk;go;linux;5.0.0',
    'undefined',
    ';;;',
    '',
    '\xff\xe9',
    'x'.repeat(4000),
  ])('and refuses nobody: %s', async (agent) => {
    expect((await search(`Authorization: Virgil ${token}`, `Virgil-Agent: ${agent}`)).status).toBe(200);
  });

  test('and refuses nobody who sends none', async () => {
    expect((await search(`Authorization: Virgil ${token}`)).status).toBe(200);
  });
});

test('who calls is what the token says, whatever X-Application-Id and X-Virgil-Identity do', async () => {
  const { raw } = await createCard('bob');
  const headers = [`Authorization: Virgil ${token}`, 'X-Virgil-Identity: bob', `X-Application-Id: ${'0'.repeat(32)}`];
  const request = toWire({ line: 'POST /card/v5', headers, body: JSON.stringify(raw) });
  expectRefusal(fromWire(await sendRaw(world.service.port, request)), 'card/identity-mismatch');
});

describe('an answer', () => {
  test('is application/json, whatever the client would rather have', async () => {
    for (const accept of ['*/*', 'text/html', 'application/xml;q=1, application/json;q=0', 'no/such;;type']) {
      const { status, headers } = await search(`Authorization: Virgil ${token}`, `Accept: ${accept}`);
      expect(status).toBe(200);
      expect(headers.get('Content-Type')).toBe('application/json');
    }
  });

  test('has a request id of the service, also when the client sends one', async () => {
    const own = await search(`Authorization: Virgil ${token}`, 'X-Request-Id: chosen by the client');
    const refused = await search();
    for (const { headers } of [own, refused]) expect(headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(refused.headers.get('X-Request-Id')).not.toBe(own.headers.get('X-Request-Id'));
  });
});
