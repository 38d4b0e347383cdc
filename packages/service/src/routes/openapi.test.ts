import { OPERATIONS } from '@sotto/contract/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, type World } from '../test-kit.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

test('the document is served', async () => {
  const { status, body } = await world.call({ path: '/openapi.json' });
  expect(status).toBe(200);
  expect(body.openapi).toBe('3.1.0');
});

test.each(OPERATIONS.map(({ method, path }) => [method.toUpperCase(), path]))(
  'what it describes is there: %s %s',
  async (method, path) => {
    const { status } = await world.call({ method, path: path.replace(':id', 'ab'.repeat(32)) });
    expect([200, 401]).toContain(status);
  },
);
