/** Brain keys by the official clients over our service: the same password gives the key that our client uses for backups. */
import { base64ToBytes, bytesToBase64 } from '@sotto/core';
import { DEFAULT_GUESS_LIMITS } from '@sotto/service';
import { startWorld, type World } from '@sotto/testing';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveByThePage } from './by-the-page.ts';
import { foundation, hex, official, type OfficialKeyPair, pythia } from './official.ts';
import { createUser, openCloudStorage } from './user.ts';

const PASSWORD = 'Grüße, 世界 🔑';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const keyOf = ({ privateKey }: OfficialKeyPair) => hex(official.exportPrivateKey(privateKey));

async function generate(identity: string, brainKeyId?: string, home = world): Promise<OfficialKeyPair> {
  return (await createUser(home, identity).brainKey.generateKeyPair(PASSWORD, brainKeyId)) as OfficialKeyPair;
}

async function ask(path: string, identity: string, body: object): Promise<Record<string, string>> {
  const response = await fetch(world.service.url + path, {
    method: 'POST',
    headers: { Authorization: `Virgil ${await world.app.issuer.issue(identity)}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, string>;
}

describe('the official BrainKey over our service', () => {
  it('has the key pair that opens what our client backs up under the same password', async () => {
    const ours = await world.createClient('alice');
    await ours.register();
    await ours.backupPrivateKey(PASSWORD);
    const storage = await openCloudStorage(createUser(world, 'alice'), await generate('alice'));
    const privateKey = official.importPrivateKey(storage.retrieveEntry('alice').data);
    const { publicKey } = await ours.findUsers('alice');
    expect(hex(official.exportPublicKey(official.extractPublicKey(privateKey)))).toBe(hex(publicKey.exportDer()));
  });

  it('gives one key to one user of one application under one id, and to nobody else', async () => {
    const other = { ...world, app: await world.createApplication() };
    const pairs = [
      await generate('bob'),
      await generate('bob', 'second'),
      await generate('Bob'),
      await generate('bob', undefined, other),
    ];
    expect(new Set(pairs.map(keyOf)).size).toBe(pairs.length);
    expect(keyOf(await generate('bob'))).toBe(keyOf(pairs[0]!));
    expect(keyOf(await generate('bob', ''))).toBe(keyOf(pairs[0]!));
  });

  it('is what the official server library computes, with the secret in the data folder', async () => {
    const secret = base64ToBytes((await readFile(join(world.dataDir, 'secrets/brain-key-secret'), 'utf8')).trim());
    const owner = { application: world.app.appId, identity: 'carol', brainKeyId: '' };
    const { blindedPassword, blindingSecret } = pythia.blind(PASSWORD);
    const { transformedPassword } = pythia.transform({ blindedPassword, ...deriveByThePage(secret, owner) });
    const { seed } = await ask('/pythia/v1/brainkey', 'carol', { blinded_password: bytesToBase64(blindedPassword) });
    expect(seed).toBe(bytesToBase64(transformedPassword));
    const material = pythia.deblind({ transformedPassword, blindingSecret });
    expect(keyOf(official.generateKeysFromKeyMaterial(material))).toBe(keyOf(await generate('carol')));
  });

  it('gives the same key after the service was started anew', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sotto-interop-'));
    const { app, ...first } = await startWorld({ dataDir: folder });
    const before = keyOf(await generate('dave', undefined, { app, ...first }));
    await first.close();
    const second = await startWorld({ dataDir: folder });
    expect(keyOf(await generate('dave', undefined, { ...second, app }))).toBe(before);
    await second.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('reports 60007 after the burst', async () => {
    let now = Date.now();
    const stopped = await startWorld({ clock: () => now });
    const { brainKey } = createUser(stopped, 'erin');
    for (let guess = 0; guess < DEFAULT_GUESS_LIMITS.burst; guess++) await brainKey.generateKeyPair(`${guess}`);
    const refusal = { name: 'PythiaClientError', httpStatus: 429, code: 60007 };
    await expect(brainKey.generateKeyPair(PASSWORD)).rejects.toMatchObject(refusal);
    await expect(brainKey.generateKeyPair(PASSWORD, 'other id')).rejects.toMatchObject(refusal);
    now += DEFAULT_GUESS_LIMITS.refillMilliseconds;
    await brainKey.generateKeyPair(PASSWORD);
    await stopped.close();
  });
});

describe('brain key v3 of the official library over our service', () => {
  it('has the key pair that opens what our client backs up in that way', async () => {
    const ours = await world.createClient('frank', { brainKey: 'v3' });
    await ours.register();
    await ours.backupPrivateKey(PASSWORD);

    const client = new foundation.BrainkeyClient();
    client.setupDefaults();
    const password = Buffer.from(PASSWORD);
    const { blindedPoint, deblindFactor } = client.blind(password);
    const answer = await ask('/brainkey/v3/harden', 'frank', { blinded_point: bytesToBase64(blindedPoint) });
    const hardenedPoint = base64ToBytes(answer['hardened_point']!);
    const seed = client.deblind(password, hardenedPoint, deblindFactor, Buffer.from('e3kit-backup'));
    client.delete();

    const pair = official.generateKeysFromKeyMaterial(Buffer.from(seed));
    const storage = await openCloudStorage(createUser(world, 'frank'), pair);
    expect(storage.existsEntry('frank')).toBe(true);
  });
});
