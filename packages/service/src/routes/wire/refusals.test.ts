import type { ServiceErrorName } from '@sotto/contract';
import { OPERATIONS, type Operation } from '@sotto/contract/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, expectRefusal, sendRaw, type World } from '../../test-kit.ts';
import { fromWire, toWire, type WireAnswer, type WireRequest } from './wire-kit.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'M-SEARCH'];

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

async function send(request: WireRequest): Promise<WireAnswer> {
  return fromWire(await sendRaw(world.service.port, toWire(request)));
}

function pathOf({ path }: Operation): string {
  return path.replace(':id', 'ab'.repeat(32));
}

/** What a path takes, by path. HEAD is for what needs no token. */
const methodsByPath = new Map<string, string[]>();
for (const operation of OPERATIONS) {
  const methods = [operation.method.toUpperCase(), ...(operation.needsToken ? [] : ['HEAD'])];
  methodsByPath.set(pathOf(operation), [...(methodsByPath.get(pathOf(operation)) ?? []), ...methods]);
}

describe.each([...methodsByPath])('%s', (path, allowed) => {
  test.each(METHODS.filter((method) => !allowed.includes(method)))(
    'refuses the method %s with JSON, or without a body for HEAD, and says which it takes',
    async (method) => {
      const answer = await send({ line: `${method} ${path}` });
      expect(answer.status).toBe(405);
      if (method === 'HEAD') expect(answer.body).toBeUndefined();
      else expect(answer.body).toEqual({ code: 70001, message: expect.stringMatching(/.+/) });
      expect(answer.headers.get('Content-Type')).toBe('application/json');
      expect(answer.headers.get('Allow')?.split(', ').sort()).toEqual([...allowed].sort());
    },
  );
});

test('HEAD on an unknown path has no body either', async () => {
  expect(await send({ line: 'HEAD /no/such' })).toMatchObject({ status: 404, body: undefined });
});

describe.each(OPERATIONS.filter(({ needsToken }) => needsToken).map((operation) => [operation.id, operation] as const))(
  '%s looks at the token before it looks at the body, and refuses',
  (_, operation) => {
    const line = `${operation.method.toUpperCase()} ${pathOf(operation)}`;

    async function expectRefusals(headers: readonly string[], name: ServiceErrorName): Promise<void> {
      expectRefusal(await send({ line, headers }), name);
      expectRefusal(await send({ line, headers, body: 'no json' }), name);
      expectRefusal(await send({ line, headers: [...headers, `Content-Length: ${50 * 1024 * 1024}`] }), name);
    }

    test('none, with 401 and 20300', async () => {
      await expectRefusals([], 'token/missing');
    });

    test('another scheme, with 401 and 20300', async () => {
      await expectRefusals([`Authorization: Bearer ${await world.token({ identity: 'alice' })}`], 'token/missing');
    });

    test('garbage, with 400 and 20303', async () => {
      await expectRefusals(['Authorization: Virgil garbage'], 'token/malformed');
    });

    test('one of an unknown App Key, with 400 and 20303', async () => {
      const token = await world.token({ identity: 'alice', appKeyId: '0'.repeat(32) });
      await expectRefusals([`Authorization: Virgil ${token}`], 'token/unknown-key');
    });

    test('an expired one, with 401 and 20304', async () => {
      const token = await world.token({ identity: 'alice', ttlSeconds: -6 });
      await expectRefusals([`Authorization: Virgil ${token}`], 'token/expired');
    });
  },
);
