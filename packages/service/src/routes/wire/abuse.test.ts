/** What somebody sends who looks for a gap: each is refused by a code, or does nothing, and the service goes on. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, expectRefusal, sendRaw, type World } from '../../test-kit.ts';
import { fromWire, type WireAnswer } from './wire-kit.ts';

const BODY = '{"identities":["nobody"]}';
const MEBIBYTE = 1024 * 1024;

let world: World;
let authorization: string;

beforeAll(async () => {
  world = await createWorld();
  authorization = `Authorization: Virgil ${await world.token({ identity: 'alice' })}`;
});

afterEach(async () => {
  const answer = await search(`Content-Length: ${BODY.length}`, BODY);
  expect(answer).toMatchObject({ status: 200, body: [] });
});

afterAll(() => world.close());

/** A character is a byte. */
async function send(...lines: readonly string[]): Promise<WireAnswer> {
  return fromWire(await sendRaw(world.service.port, Buffer.from(lines.join('\r\n'), 'latin1')));
}

/** A good search but for some header lines and what follows them. */
function search(headers: string, rest: string): Promise<WireAnswer> {
  const line = 'POST /card/v5/actions/search HTTP/1.1';
  return send(line, 'Host: localhost', authorization, 'Connection: close', headers, '', rest);
}

function get(path: string): Promise<WireAnswer> {
  return send(`GET ${path} HTTP/1.1`, 'Host: localhost', authorization, 'Connection: close', '', '');
}

describe('a request that two could read in two ways is refused', () => {
  const chunked = '0\r\n\r\n';

  test.each<[string, string, string]>([
    ['a length and chunks', `Content-Length: 5\r\nTransfer-Encoding: chunked`, chunked],
    ['chunks and a length', `Transfer-Encoding: chunked\r\nContent-Length: 5`, chunked],
    ['two lengths', `Content-Length: ${BODY.length}\r\nContent-Length: 2`, BODY],
    ['one length twice', `Content-Length: ${BODY.length}\r\nContent-Length: ${BODY.length}`, BODY],
    ['a list of lengths', `Content-Length: ${BODY.length}, ${BODY.length}`, BODY],
    ['a length with a sign', `Content-Length: +${BODY.length}`, BODY],
    ['a length below zero', 'Content-Length: -1', BODY],
    ['a length in other digits', 'Content-Length: 0x19', BODY],
    ['a length beyond all numbers', 'Content-Length: 99999999999999999999999', BODY],
    ['a coding before chunks', 'Transfer-Encoding: gzip, chunked', chunked],
    ['a coding after chunks', 'Transfer-Encoding: chunked, gzip', chunked],
    ['a coding that is none', 'Transfer-Encoding: xchunked', chunked],
    ['chunks twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', chunked],
    ['chunks, hidden', 'Transfer-Encoding: \x0bchunked', chunked],
    ['a space before the colon', 'Transfer-Encoding : chunked', chunked],
    ['a header over two lines', `X: a\r\n b\r\nContent-Length: ${BODY.length}`, BODY],
    ['lines that end in LF alone', `X: a\nContent-Length: ${BODY.length}`, BODY],
    ['a CR inside a header', `X: a\rY: b\r\nContent-Length: ${BODY.length}`, BODY],
    ['a NUL inside a header', `X: a\0b\r\nContent-Length: ${BODY.length}`, BODY],
    ['a header without a colon', `X\r\nContent-Length: ${BODY.length}`, BODY],
    ['two hosts', `Host: elsewhere\r\nContent-Length: ${BODY.length}`, BODY],
    ['a chunk of a size beyond all numbers', 'Transfer-Encoding: chunked', `fffffffffffffffff\r\n${BODY}`],
    ['a chunk that is longer than it says', 'Transfer-Encoding: chunked', `1\r\n${BODY}\r\n${chunked}`],
    ['chunks whose lines end in LF alone', 'Transfer-Encoding: chunked', `19\n${BODY}\n0\n\n`],
    ['an endless note beside a chunk', 'Transfer-Encoding: chunked', `1;${'x'.repeat(50_000)}\r\n{\r\n${chunked}`],
  ])('%s', async (_, headers, rest) => {
    expectRefusal(await search(headers, rest), 'request/malformed');
  });

  test.each(['GET /healthz', 'GET /healthz HTTP/2.0', 'GET /healthz HTTP/9.9', 'PRI * HTTP/2.0'])(
    'another version of HTTP: %s',
    async (line) => {
      expectRefusal(await send(line, 'Host: localhost', 'Connection: close', '', ''), 'request/malformed');
    },
  );

  test('and with it whatever was hidden behind', async () => {
    const hidden = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const answers = await sendRaw(
      world.service.port,
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    );
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
    const twoHosts = await sendRaw(world.service.port, `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${hidden}`);
    expect(twoHosts.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
  });

  test('but for what comes after the last chunk, which is nobody and nothing', async () => {
    const trailer = `19\r\n${BODY}\r\n0\r\nAuthorization: Virgil garbage\r\nHost: elsewhere\r\n\r\n`;
    expect((await search('Transfer-Encoding: chunked', trailer)).status).toBe(200);
  });
});

describe('headers', () => {
  test('by the thousand are read, the last as the first', async () => {
    const many = 'x:y\r\n'.repeat(4000);
    const headers = `${many}Content-Length: ${BODY.length}`;
    expect((await search(headers, BODY)).status).toBe(200);
    const second = await search(`${many}${authorization}\r\nContent-Length: ${BODY.length}`, BODY);
    expectRefusal(second, 'token/missing');
  });

  test('of too many bytes are refused, in one line or in many', async () => {
    for (const headers of [`X: ${'y'.repeat(33_000)}`, `${'xyz: abc\r\n'.repeat(8000)}X: y`]) {
      expectRefusal(await search(headers, ''), 'request/headers-too-large');
    }
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])(
    'are not taken for members of an object: %s',
    async (name) => {
      expect((await search(`${name}: x\r\nContent-Length: ${BODY.length}`, BODY)).status).toBe(200);
    },
  );

  test('of an answer hold nothing that was sent, encoded line ends least of all', async () => {
    const injected = '%0d%0aX-Injected:%20yes%0d%0a%0d%0a<script>';
    const answers = [
      await get(`/card/v5/${injected}`),
      await get(`/no/such/${injected}?a=${injected}`),
      await search(`Virgil-Keyknox-Previous-Hash: ${injected}\r\nOrigin: ${injected}\r\nContent-Length: 0`, ''),
      await search(`X-Request-Id: ${injected}\r\nContent-Length: 0`, ''),
    ];
    for (const { headers, body } of answers) {
      expect(headers.get('X-Injected')).toBeNull();
      expect(JSON.stringify([...headers, body])).not.toMatch(/injected|script|0d%0a/i);
    }
  });
});

describe('a path', () => {
  test.each([
    '/card/v5/..%2f..%2fhealthz',
    '/card/v5/%2e%2e%2f%2e%2e%2fhealthz',
    '/card/v5/%00',
    '/card/v5/%',
    '/card/v5/%c0%ae',
  ])('is not decoded into another one: %s is an id that nobody has', async (path) => {
    expectRefusal(await get(path), 'entity/unknown');
  });

  test.each([
    '/healthz%20',
    '/healthz%00',
    '/healthz;a',
    '/healthz/..;/metrics',
    '/card%2fv5',
    '//elsewhere.example/healthz',
    '/%c0%afhealthz',
  ])('is what it says and nothing like it: %s', async (path) => {
    expectRefusal(await get(path), 'route/unknown');
  });

  test.each([
    '/card/v5/a\0b',
    '/card/v5/a\tb',
    '/healthz\xa0',
    '/card\\v5',
    '*',
    'card/v5',
    'http://a:99999/healthz',
    'http://[::1/healthz',
    'ftp://a/healthz',
  ])('that HTTP does not allow is refused: %j', async (path) => {
    expectRefusal(await get(path), 'request/malformed');
  });

  test.each([
    '/card/v5/../../healthz',
    '/./healthz',
    '/x/%2e%2e/healthz',
    'http://elsewhere.example/healthz',
    '/%68ealthz',
  ])('that is another spelling leads where it leads, with the rules of there: %s', async (path) => {
    const { status, headers, body } = await get(path);
    expect({ status, body }).toEqual({ status: 200, body: { status: 'ok' } });
    expect(headers.get('Access-Control-Allow-Origin')).toBeNull();
  });
});

describe('a body', () => {
  const post = (body: string | Uint8Array) => {
    const bytes = Buffer.from(body);
    return search(`Content-Length: ${bytes.length}`, bytes.toString('latin1'));
  };

  test('of a hundred thousand levels is read, and refused for its shape', async () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const deep = `${open.repeat(100_000)}0${close.repeat(100_000)}`;
      expectRefusal(await post(`{"identities":${deep}}`), 'body/wrong-shape');
      expect((await post(`{"identities":["nobody"],"more":${deep}}`)).status).toBe(200);
    }
  });

  test('of a hundred thousand members is read without effect', async () => {
    const members = Array.from({ length: 100_000 }, (_, index) => `"${index}":0`).join(',');
    expect((await post(`{${members},"identities":["nobody"]}`)).status).toBe(200);
    expectRefusal(await post(`{"identities":{${members}}}`), 'body/wrong-shape');
  });

  test('with members of every object is read as if it had none', async () => {
    const pollution = '"__proto__":{"identities":["x"],"polluted":1},"constructor":{"prototype":{"polluted":1}}';
    expect((await post(`{${pollution},"identities":["nobody"]}`)).status).toBe(200);
    expectRefusal(await post(`{${pollution}}`), 'body/wrong-shape');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('with a number that no memory holds is refused for its shape', async () => {
    for (const number of ['1e999999', '-0', `1${'0'.repeat(100_000)}`]) {
      expectRefusal(await post(`{"identities":[${number}]}`), 'body/wrong-shape');
    }
  });

  test('that is too large is refused by what it says, and by what it is', async () => {
    expectRefusal(await search(`Content-Length: ${50 * MEBIBYTE}`, ''), 'body/too-large');
    expectRefusal(await search(`Content-Length: ${Number.MAX_SAFE_INTEGER}`, ''), 'body/too-large');
    const chunk = `${(64 * 1024).toString(16)}\r\n${' '.repeat(64 * 1024)}\r\n`;
    expectRefusal(await search('Transfer-Encoding: chunked', `${chunk.repeat(40)}0\r\n\r\n`), 'body/too-large');
  });

  test('in pieces of one byte is read', async () => {
    const pieces = [...BODY].map((character) => `1\r\n${character}\r\n`).join('');
    expect((await search('Transfer-Encoding: chunked', `${pieces}0\r\n\r\n`)).status).toBe(200);
  });

  test('under a compression is not unpacked', async () => {
    const headers = `Content-Encoding: gzip\r\nContent-Length: ${BODY.length}`;
    expect((await search(headers, BODY)).status).toBe(200);
  });
});

test('hundreds of requests on one connection, sent before the first is answered, are answered in their order', async () => {
  const requests = Array.from(
    { length: 300 },
    (_, index) => `GET /${index % 2 ? 'healthz' : 'no'} HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  const last = 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const answers = await sendRaw(world.service.port, [...requests, last].join(''));
  const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  expect(statuses).toEqual([...requests.map((_, index) => (index % 2 ? '200' : '404')), '200']);
});
