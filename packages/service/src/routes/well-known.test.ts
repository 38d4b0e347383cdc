import { readFileSync } from 'node:fs';
import { parseShape, serviceDescriptionSchema } from '@sotto/contract/schemas';
import { base64ToBytes, importPublicKey, parseCard, verifyCard } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rotateServiceKey } from '../secrets.ts';
import { startService } from '../service.ts';
import { callService, createCard, createWorld, idOf, type World } from '../test-kit.ts';
import { VERSION } from '../version.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

test('the service says what it is, with its key and its limits', async () => {
  const { status, body } = await world.call({ path: '/.well-known/sotto' });
  expect(status).toBe(200);
  expect(parseShape(serviceDescriptionSchema, body)).toEqual({ ok: true, value: body });
  expect(body).toMatchObject({
    service: 'sotto',
    version: VERSION,
    serviceKeys: [{ publicKey: world.service.servicePublicKey }],
  });
  expect(body.limits.identitiesPerSearch).toBeGreaterThanOrEqual(100);
  expect(body.limits.bodyBytes).toBeGreaterThanOrEqual(2 * 1024 * 1024);
});

test('the version is that of the package', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect(VERSION).toBe((JSON.parse(text) as { version: string }).version);
});

test('after a rotation the chain has both keys, and old cards the signature of the new one', async () => {
  const { raw } = await createCard('alice');
  await world.publish(raw, 'alice');
  await rotateServiceKey(world.dataDir);
  const restarted = await startService({ ...world.database, port: 0, clock: () => world.time.now });
  try {
    const { body } = await callService(restarted.url, { path: '/.well-known/sotto' });
    expect(body.serviceKeys.map(({ publicKey }: { publicKey: string }) => publicKey)).toEqual([
      world.service.servicePublicKey,
      restarted.servicePublicKey,
    ]);
    const token = await world.token({ identity: 'alice' });
    const servicePublicKey = importPublicKey(base64ToBytes(restarted.servicePublicKey));
    const got = await callService(restarted.url, { path: `/card/v5/${idOf(raw)}`, token });
    await expect(verifyCard(nodeProvider, parseCard(got.body), { servicePublicKey })).resolves.toBeUndefined();
  } finally {
    await restarted.close();
  }
});
