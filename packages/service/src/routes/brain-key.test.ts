import { base64ToBytes, bytesToBase64, utf8ToBytes } from '@sotto/core';
import { startHarden, startPythia } from '@sotto/core/backup';
import { nodeProvider } from '@sotto/core/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, expectRefusal, type Answer, type TokenOptions, type World } from '../test-kit.ts';

const PYTHIA = '/pythia/v1/brainkey';
const HARDEN = '/brainkey/v3/harden';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

let users = 0;

/** An identity that has asked for nothing yet. */
function newIdentity(): string {
  return `user-${++users}`;
}

type User = Pick<TokenOptions, 'identity'> & { readonly token?: World['token'] };

async function post(path: string, { identity, token = world.token }: User, body: object): Promise<Answer> {
  return world.call({ method: 'POST', path, token: await token({ identity }), body });
}

/** The private key that a client gets for a password by Pythia. */
async function pythiaKey(
  user: User,
  { password = 'secret', brainKeyId }: { readonly password?: string; readonly brainKeyId?: string | null } = {},
): Promise<string> {
  const { request, finish } = await startPythia(nodeProvider, utf8ToBytes(password));
  const body = { blinded_password: bytesToBase64(request), brainkey_id: brainKeyId };
  const answer = await post(PYTHIA, user, body);
  expect(answer.status).toBe(200);
  const { privateKey } = await finish(base64ToBytes(answer.body.seed as string));
  return bytesToBase64(privateKey.exportDer());
}

async function hardenedKey(user: User, password = 'secret'): Promise<string> {
  const { request, finish } = await startHarden(nodeProvider, utf8ToBytes(password));
  const { status, body } = await post(HARDEN, user, { blinded_point: bytesToBase64(request) });
  expect(status).toBe(200);
  const { privateKey } = await finish({
    hardenedPoint: base64ToBytes(body.hardened_point as string),
    serverPublicKey: base64ToBytes(body.server_public_key as string),
    proofC: base64ToBytes(body.proof_value_c as string),
    proofS: base64ToBytes(body.proof_value_s as string),
  });
  return bytesToBase64(privateKey.exportDer());
}

describe.each([
  ['Pythia', pythiaKey],
  ['brain key v3', hardenedKey],
] as const)('by %s', (_, keyOf) => {
  test('a password gives the same key each time, however it was blinded', async () => {
    const identity = newIdentity();
    expect(await keyOf({ identity })).toBe(await keyOf({ identity }));
  });

  test('another user, and the same one in another application, get other keys', async () => {
    const identity = newIdentity();
    const { token } = await world.otherApplication();
    const keys = [
      await keyOf({ identity }),
      await keyOf({ identity: newIdentity() }),
      await keyOf({ identity, token }),
    ];
    expect(new Set(keys).size).toBe(3);
  });
});

test('an id of a brain key makes another key, and null and an empty one are none', async () => {
  const identity = newIdentity();
  const plain = await pythiaKey({ identity });
  for (const brainKeyId of [null, '']) expect(await pythiaKey({ identity }, { brainKeyId })).toBe(plain);
  expect(await pythiaKey({ identity }, { brainKeyId: 'second' })).not.toBe(plain);
});

test('names that run together do not give one key', async () => {
  const ab = await pythiaKey({ identity: 'ab' }, { brainKeyId: 'c' });
  expect(await pythiaKey({ identity: 'a' }, { brainKeyId: 'bc' })).not.toBe(ab);
});

test('a point of P-256 to the path of Pythia is hardened as by v3: one client sends it there', async () => {
  const identity = newIdentity();
  const { request } = await startHarden(nodeProvider, utf8ToBytes('secret'));
  const point = bytesToBase64(request);
  const { body: v3 } = await post(HARDEN, { identity }, { blinded_point: point });
  const { body } = await post(PYTHIA, { identity }, { blinded_password: point });
  expect(body).toEqual({ seed: v3.hardened_point });
});

test('keys are the same after a restart', async () => {
  const identity = newIdentity();
  const before = [await pythiaKey({ identity }), await hardenedKey({ identity })];
  await world.restart();
  expect([await pythiaKey({ identity }), await hardenedKey({ identity })]).toEqual(before);
});

describe('what is no point is refused', () => {
  const bytes = (length: number, first: number) => bytesToBase64(new Uint8Array(length).fill(0xff).fill(first, 0, 1));

  test.each([
    ['nothing', ''],
    ['48 bytes', bytes(48, 2)],
    ['50 bytes', bytes(50, 2)],
    ['another tag', bytes(49, 4)],
    ['x beyond the field', bytes(49, 2)],
    ['infinity as other libraries write it', bytesToBase64(new Uint8Array(49).fill(0xc0, 0, 1))],
    // x = 4 is of the curve and not of its subgroup.
    ['a point outside the subgroup', bytesToBase64(new Uint8Array(49).fill(2, 0, 1).fill(4, 48))],
    ['a point of P-256 off the curve', bytesToBase64(new Uint8Array(65).fill(1).fill(4, 0, 1))],
  ])('by Pythia: %s', async (_, blinded_password) => {
    expectRefusal(await post(PYTHIA, { identity: newIdentity() }, { blinded_password }), 'brain-key/bad-point');
  });

  test.each([
    ['nothing', ''],
    ['64 bytes', bytes(64, 4)],
    ['a compressed point', bytes(33, 2)],
    ['infinity', bytesToBase64(new Uint8Array(1))],
    ['a coordinate beyond the field', bytes(65, 4)],
    ['a point off the curve', bytesToBase64(new Uint8Array(65).fill(1).fill(4, 0, 1))],
    ['a point in the form of Pythia', bytes(49, 2)],
  ])('by brain key v3: %s', async (_, blinded_point) => {
    expectRefusal(await post(HARDEN, { identity: newIdentity() }, { blinded_point }), 'brain-key/bad-point');
  });

  test('and what is not even base64', async () => {
    expectRefusal(await post(PYTHIA, { identity: newIdentity() }, { blinded_password: 'A' }), 'body/not-base64');
    expectRefusal(await post(HARDEN, { identity: newIdentity() }, { blinded_point: 'A' }), 'body/not-base64');
  });

  test('and what is missing, or too long for a name', async () => {
    const { request } = await startPythia(nodeProvider, utf8ToBytes('secret'));
    const blinded_password = bytesToBase64(request);
    for (const body of [{}, { blinded_password: null }, { blinded_password, brainkey_id: 'x'.repeat(2049) }]) {
      expectRefusal(await post(PYTHIA, { identity: newIdentity() }, body), 'body/wrong-shape');
    }
    expectRefusal(await post(PYTHIA, { identity: 'x'.repeat(2049) }, { blinded_password }), 'identity/wrong');
  });
});
