import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, expectRefusal, sendRaw, type Answer, type World } from '../../test-kit.ts';

const SEARCH = '/card/v5/actions/search';
const MEBIBYTE = 1024 * 1024;

let world: World;
let token: string;

beforeAll(async () => {
  world = await createWorld();
  token = await world.token({ identity: 'alice' });
});

afterAll(() => world.close());

async function search(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return world.call({ method: 'POST', path: SEARCH, token, body, headers });
}

/** A good search, with spaces up to a number of bytes. */
function searchOfSize(bytes: number): string {
  return '{"identities":["nobody"]}'.padEnd(bytes);
}

/** The head of a request on a connection of its own. */
function rawHead(...lines: readonly string[]): string {
  return [`POST ${SEARCH} HTTP/1.1`, 'Host: localhost', `Authorization: Virgil ${token}`, ...lines, '', ''].join(
    '\r\n',
  );
}

describe('a body that is needed is refused', () => {
  test.each(['', ' ', 'no json', '{', '{"identities":["a"]}}', "{'identities':['a']}", '\ufeff{"identities":["a"]}'])(
    'when it is no JSON: %j',
    async (body) => {
      expectRefusal(await search(body), 'body/not-json');
    },
  );

  test('with the place of the fault, and not with what is there', async () => {
    const { body } = await search({ identities: ['alice', { secret: 'tell-tale' }] });
    expect(body.message).toContain('identities.1');
    expect(body.message).not.toContain('tell-tale');
  });
});

describe('odd JSON is harmless', () => {
  test('deep nesting', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect((await search(`{"identities":["nobody"],"extra":${deep}}`)).status).toBe(200);
    expectRefusal(await search(`{"identities":${deep}}`), 'body/wrong-shape');
  });

  test('a member named __proto__', async () => {
    expect((await search('{"__proto__":{"identities":5},"identities":["nobody"]}')).status).toBe(200);
    expectRefusal(await search('{"__proto__":{"identities":["nobody"]}}'), 'body/wrong-shape');
  });

  test('a member given twice: the last one counts', async () => {
    expect((await search('{"identities":5,"identities":["nobody"]}')).status).toBe(200);
  });
});

describe('size', () => {
  test('2 MiB are taken', async () => {
    expect((await search(searchOfSize(2 * MEBIBYTE))).status).toBe(200);
  });

  test('2 MiB are taken in chunks of unknown number', async () => {
    const body = searchOfSize(2 * MEBIBYTE);
    const answer = await sendRaw(
      world.service.port,
      rawHead('Transfer-Encoding: chunked', 'Connection: close'),
      inChunks(body),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('more is refused when it is announced', async () => {
    expectRefusal(await search(searchOfSize(2 * MEBIBYTE + 1)), 'body/too-large');
    expectRefusal(await search(searchOfSize(3 * MEBIBYTE)), 'body/too-large');
  });

  test('more is refused when it comes in chunks, once it is more', async () => {
    const tooLarge = rawHead('Transfer-Encoding: chunked') + inChunks(searchOfSize(3 * MEBIBYTE));
    const answers = await sendRaw(world.service.port, tooLarge, goodRequest());
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
    expect(answers).toContain('"code":70006');
  });

  test('more is refused where no body is needed, too', async () => {
    const path = `/card/v5/actions/revoke/${'ab'.repeat(32)}`;
    const answer = await world.call({ method: 'POST', path, token, body: searchOfSize(3 * MEBIBYTE) });
    expectRefusal(answer, 'body/too-large');
  });

  test('a refusal comes at once, before the body is sent', async () => {
    const answer = await sendRaw(world.service.port, rawHead(`Content-Length: ${50 * MEBIBYTE}`, 'Connection: close'));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('the connection can be used again after a client has sent it all', async () => {
    const tooLarge = rawHead(`Content-Length: ${3 * MEBIBYTE}`) + ' '.repeat(3 * MEBIBYTE);
    const answers = await sendRaw(world.service.port, tooLarge, goodRequest());
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  test('a client that is still sending can read the refusal', async () => {
    expectRefusal(await search(new Uint8Array(40 * MEBIBYTE)), 'body/too-large');
  });
});

/** A search that closes the connection after it. */
function goodRequest(): string {
  const body = searchOfSize(100);
  return rawHead(`Content-Length: ${body.length}`, 'Connection: close') + body;
}

function inChunks(text: string): string {
  const size = 64 * 1024;
  let chunks = '';
  for (let at = 0; at < text.length; at += size) {
    const chunk = text.slice(at, at + size);
    chunks += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
  }
  return `${chunks}0\r\n\r\n`;
}
