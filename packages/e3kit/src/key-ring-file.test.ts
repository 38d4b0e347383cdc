import { bytesToBase64, bytesToHex, concatBytes, generateKeyPair, type PrivateKey, utf8ToBytes } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { nobleProvider } from '@sotto/core/noble';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { openKeyRing, parseKeyRing, sealKeyRing } from './key-ring-file.ts';
import { derivePassphraseKey, LEAST_COST } from './passphrase-key.ts';

const HEAD_LENGTH = 51;
const user = { appId: 'an application', identity: 'älice' };

let keys: PrivateKey[];
let text: string;
let bytes: Uint8Array;
/** What the passphrase gives: derived once, since that is slow by design. */
let key: Uint8Array;

beforeAll(async () => {
  const pairs = await Promise.all([generateKeyPair(nodeProvider), generateKeyPair(nodeProvider, 'SECP256R1')]);
  keys = pairs.map(({ privateKey }) => privateKey);
  text = await sealKeyRing(nodeProvider, { ...user, keys }, { passphrase: 'correct horse', cost: LEAST_COST });
  bytes = Buffer.from(text.replace(/-----.*-----/g, ''), 'base64');
  key = await derivePassphraseKey('correct horse', (await parseKeyRing(nodeProvider, text)).salt, LEAST_COST);
});

const read = async (armoured: string, provider = nodeProvider) =>
  openKeyRing(provider, await parseKeyRing(provider, armoured), key);

function armour(content: Uint8Array): string {
  const lines = bytesToBase64(content).match(/.{1,64}/g) ?? [];
  return ['-----BEGIN SOTTO KEY RING-----', ...lines, '-----END SOTTO KEY RING-----', ''].join('\n');
}

/** With a checksum that is right, as whoever alters it would see to. */
function armourAltered(content: Uint8Array): string {
  const body = content.subarray(0, -8);
  return armour(concatBytes(body, createHash('sha256').update(body).digest().subarray(0, 8)));
}

function flip(content: Uint8Array, index: number, mask = 1): Uint8Array {
  return content.map((byte, at) => (at === index ? byte ^ mask : byte));
}

const damaged = { code: 'key-ring/damaged', family: 'validation' };

describe('the text of a key ring', () => {
  it.each([nodeProvider, nobleProvider])('opens to the keys of its user: $name', async (provider) => {
    expect(armour(bytes)).toBe(text);
    const { keys: found, ...whose } = await read(text, provider);
    expect(whose).toEqual(user);
    expect(found.map((one) => one.exportDer())).toEqual(keys.map((one) => one.exportDer()));
  });

  it('opens when an earlier version wrote it', async () => {
    const earlier = `-----BEGIN SOTTO KEY RING-----
U09UVE8tS0VZLVJJTkcBAABMAAAAAAJpPAC4Yd1Rv26w4TPyvj1D8FDnp7y99HT2
7w87MHiNNHmMKBKa8tOVKErdsNWi/sgUz5eSgK05CUy1R/R3GXPjbWiVfXVC1+qi
hJXqZ39svD41mH3gQ6ntz5iK+E1r66/FhSl7wSrKjk7iDuhpVGn+pr0mV3NJcpaK
dG/tCfIfaewmaJFLxHox92T5EBSC0VL4AklBXhSxrW0vt0Zyp4a3Tus=
-----END SOTTO KEY RING-----`;
    const sealed = await parseKeyRing(nodeProvider, earlier);
    const earlierKey = await derivePassphraseKey('correct horse', sealed.salt, sealed.cost);
    const content = await openKeyRing(nodeProvider, sealed, earlierKey);
    expect(content).toMatchObject({ appId: 'app', identity: 'alice' });
    expect(content.keys.map((one) => bytesToHex(one.exportDer()).slice(-64))).toEqual(['01'.repeat(32)]);
  });

  it('shows neither user nor keys', () => {
    for (const part of [user.appId, user.identity, bytesToBase64(keys[0]!.exportDer()).slice(20, 40)]) {
      expect(text).not.toContain(part);
      expect(Buffer.from(bytes).toString()).not.toContain(part);
    }
  });

  it('survives mail: other line ends, and white space around', async () => {
    expect(await read(`\n  ${text.replaceAll('\n', '\r\n')} \r\n`)).toMatchObject(user);
  });

  it('is refused with any byte flipped, as damaged', async () => {
    for (const index of bytes.keys()) {
      await expect(read(armour(flip(bytes, index))), `byte ${index}`).rejects.toMatchObject(damaged);
    }
  });

  it('is refused with any byte flipped by somebody who mends the checksum', async () => {
    const codes = new Map<string, number>();
    for (let index = 0; index < bytes.length - 8; index++) {
      const error: unknown = await read(armourAltered(flip(bytes, index, 0x80))).catch((reason: unknown) => reason);
      expect(error, `byte ${index}`).toMatchObject({ code: expect.stringMatching(/^key-ring\//) as string });
      const { code } = error as { code: string };
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    // The magic; the version; at most the eight bytes of a cost that is out of bounds then; all the rest.
    expect(codes.get('key-ring/damaged')).toBe(14);
    expect(codes.get('key-ring/other-version')).toBe(1);
    expect(codes.get('key-ring/wrong-passphrase')).toBeGreaterThan(bytes.length - 8 - 14 - 1 - 8);
  });

  it('is refused with any sign changed or left out, and cut short anywhere', async () => {
    const end = text.trimEnd().length;
    for (let index = 0; index < end; index++) {
      const changed = String.fromCharCode(text.charCodeAt(index) ^ 1);
      const changes = [changed, ''].map((sign) => text.slice(0, index) + sign + text.slice(index + 1));
      for (const altered of [...changes, text.slice(0, index)]) {
        if (altered.replaceAll('\n', '') === text.replaceAll('\n', '')) continue;
        await expect(read(altered), `sign ${index}`).rejects.toMatchObject(damaged);
      }
    }
  });

  it.each([
    ['8 MiB', 8192, 2],
    ['one pass', 19_456, 1],
    ['more than a GiB', 2 ** 20 + 1, 2],
    ['4 TiB', 2 ** 32 - 1, 2],
    ['17 passes', 19_456, 17],
  ])('is refused without work if it asks for %s', async (_, memoryKiB, passes) => {
    const altered = Uint8Array.from(bytes);
    const view = new DataView(altered.buffer);
    view.setUint32(15, memoryKiB);
    view.setUint32(19, passes);
    await expect(parseKeyRing(nodeProvider, armourAltered(altered))).rejects.toMatchObject({
      code: 'key-ring/unreasonable-cost',
      family: 'validation',
    });
  });

  it('is refused if it is longer than any key ring', async () => {
    const long = armourAltered(concatBytes(bytes.subarray(0, HEAD_LENGTH), new Uint8Array(750_000)));
    await expect(parseKeyRing(nodeProvider, long)).rejects.toMatchObject(damaged);
  });

  it('is damaged if what it says in the end is no key ring', async () => {
    const head = bytes.subarray(0, HEAD_LENGTH);
    const nonce = head.subarray(-12);
    for (const content of ['', 'null', '{}', '{"keys":5}', '{"keys":["bm90IGEga2V5"]}']) {
      const body = await nodeProvider.encryptBody({ key, nonce, aad: head }, [utf8ToBytes(content)]);
      const sealed = armourAltered(concatBytes(head, ...body, new Uint8Array(8)));
      await expect(read(sealed), content).rejects.toMatchObject(damaged);
    }
  });

  it('is told from any other text and any other bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 200 }).map(armour)), async (other) => {
        await expect(parseKeyRing(nodeProvider, other)).rejects.toMatchObject(damaged);
      }),
    );
  });
});
