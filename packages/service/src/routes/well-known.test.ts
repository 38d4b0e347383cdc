import { readFileSync } from 'node:fs';
import type { ServiceDescription, ServiceKeyEntry } from '@sotto/contract';
import { parseShape, serviceDescriptionSchema } from '@sotto/contract/schemas';
import { base64ToBytes, importPublicKey, parseCard, verifyCard, type RawCard } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { activateServiceKey, announceServiceKey, readServiceKeyState } from '../rotate-service-key.ts';
import { createCard, createWorld, idOf, type World } from '../test-kit.ts';
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

test('a new key is unheard of while it is announced, and signs all cards, old ones too, from its activation on', async () => {
  const { raw } = await createCard('alice');
  await world.publish(raw, 'alice');
  const former = world.service.servicePublicKey;
  const installation = { store: world.service.store, secrets: world.database, now: world.time.now };
  const announced = await announceServiceKey(installation);
  for (const node of world.nodes) node.reload();
  await vi.waitFor(async () => {
    const { nodes } = await readServiceKeyState(installation);
    expect(nodes.map(({ isReady }) => isReady)).toEqual(world.nodes.map(() => true));
  });
  expect((await readChain()).map(({ publicKey }) => publicKey)).toEqual([former]);
  await expect(verifyUnder(former, raw)).resolves.toBeUndefined();
  await activateServiceKey(installation);
  const next = announced.chain.at(-1)!.publicKey;
  // Each node in turn, none of which was told.
  for (const _ of world.nodes) {
    expect((await readChain()).map(({ publicKey }) => publicKey)).toEqual([former, next]);
    await expect(verifyUnder(next, raw)).resolves.toBeUndefined();
  }
  const { raw: fresh } = await createCard('bob');
  await world.publish(fresh, 'bob');
  await expect(verifyUnder(next, fresh)).resolves.toBeUndefined();
  await world.restart();
  expect(world.service.servicePublicKey).toBe(next);
});

async function readChain(): Promise<ServiceKeyEntry[]> {
  const { body } = await world.call({ path: '/.well-known/sotto' });
  return (body as ServiceDescription).serviceKeys;
}

/** Of the card as a node gives it. @throws `card/bad-service-signature` */
async function verifyUnder(publicKey: string, raw: RawCard): Promise<void> {
  const token = await world.token({ identity: 'alice' });
  const got = await world.call({ path: `/card/v5/${idOf(raw)}`, token });
  await verifyCard(nodeProvider, parseCard(got.body), { servicePublicKey: importPublicKey(base64ToBytes(publicKey)) });
}
