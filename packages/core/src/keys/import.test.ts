/** Which keys are taken, which are refused, and with which code: docs/spec/keys.md. */
import { createPrivateKey, generateKeyPairSync, generatePrimeSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { invert } from '@noble/curves/abstract/modular.js';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import {
  contextTag,
  DerReader,
  der,
  derBits,
  derInteger,
  derOctets,
  derSequence,
  derUnsigned,
  TAG,
} from '../encoding/der.ts';
import { bytesToBase64, bytesToHex, hexToBytes } from '../encoding/text.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { ALGORITHM } from './algorithms.ts';
import { generateKeyPair, keyPairFromMaterial } from './generate.ts';
import { importPrivateKey } from './import-private.ts';
import { importPublicKey } from './import-public.ts';
import type { KeyType, MetKeyType } from './key.ts';

const PROVIDERS = [nodeProvider, nobleProvider];
const MADE_TYPES: KeyType[] = ['ED25519', 'CURVE25519', 'CURVE25519_ED25519', 'SECP256R1'];

const spki = (key: KeyObject) => new Uint8Array(key.export({ format: 'der', type: 'spki' }));
const pkcs8 = (key: KeyObject) => new Uint8Array(key.export({ format: 'der', type: 'pkcs8' }));
const withCode = (code: string) => expect.objectContaining({ code });

const ed25519 = generateKeyPairSync('ed25519');
const x25519 = generateKeyPairSync('x25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const P = 2n ** 255n - 19n;

function littleEndian(value: bigint): Uint8Array {
  return hexToBytes(value.toString(16).padStart(64, '0')).reverse();
}

function ed25519Spki(point: Uint8Array): Uint8Array {
  return derSequence(ALGORITHM.ed25519, derBits(point));
}

function x25519Spki(u: Uint8Array): Uint8Array {
  return derSequence(ALGORITHM.x25519, derBits(u));
}

describe.each(PROVIDERS)('with $name, a key pair', (provider) => {
  it.each(MADE_TYPES)('of type %s comes back from DER and from PEM as it was', async (type) => {
    const { privateKey, publicKey } = await generateKeyPair(provider, type);
    expect(privateKey).toMatchObject({ type, identifier: publicKey.identifier });
    for (const form of [privateKey.exportDer(), utf8ToBytes(privateKey.exportPem())]) {
      for (const reader of PROVIDERS) {
        const again = await importPrivateKey(reader, form);
        expect(again.exportDer()).toEqual(privateKey.exportDer());
        expect(again.publicKey.exportDer()).toEqual(publicKey.exportDer());
        expect(again.type).toBe(type);
      }
    }
    for (const form of [publicKey.exportDer(), utf8ToBytes(publicKey.exportPem())]) {
      const again = importPublicKey(form);
      expect(again.exportDer()).toEqual(publicKey.exportDer());
      expect(again).toMatchObject({
        type,
        identifier: publicKey.identifier,
        identifierSha256: publicKey.identifierSha256,
      });
    }
  });

  it.each(MADE_TYPES)('of type %s is another one each time', async (type) => {
    const [first, second] = [await generateKeyPair(provider, type), await generateKeyPair(provider, type)];
    expect(first.publicKey.exportDer()).not.toEqual(second.publicKey.exportDer());
  });

  it.each<[MetKeyType, KeyObject, KeyObject]>([
    ['ED25519', ed25519.privateKey, ed25519.publicKey],
    ['CURVE25519', x25519.privateKey, x25519.publicKey],
    ['RSA_2048', rsa.privateKey, rsa.publicKey],
  ])('of type %s that Node has made is taken from PKCS#8 and SPKI', async (type, privateObject, publicObject) => {
    const privateKey = await importPrivateKey(provider, pkcs8(privateObject));
    expect(privateKey.type).toBe(type);
    expect(privateKey.exportDer()).toEqual(pkcs8(privateObject));
    expect(privateKey.publicKey.exportDer()).toEqual(spki(publicObject));
    expect(importPublicKey(utf8ToBytes(publicObject.export({ format: 'pem', type: 'spki' }) as string)).type).toBe(
      type,
    );
  });

  it('of type SECP256R1 that Node has made is taken from SEC 1, and written as Node writes it', async () => {
    const sec1 = new Uint8Array(p256.privateKey.export({ format: 'der', type: 'sec1' }));
    const privateKey = await importPrivateKey(provider, sec1);
    expect(privateKey.exportDer()).toEqual(sec1);
    expect(privateKey.publicKey.exportDer()).toEqual(spki(p256.publicKey));
    const pem = p256.privateKey.export({ format: 'pem', type: 'sec1' }) as string;
    expect(privateKey.exportPem()).toBe(pem);
    expect((await importPrivateKey(provider, utf8ToBytes(pem))).exportDer()).toEqual(sec1);
  });

  it('of type RSA_2048 is made, or not offered', async () => {
    const attempt = generateKeyPair(provider, 'RSA_2048');
    if (provider === nodeProvider) expect((await attempt).publicKey.type).toBe('RSA_2048');
    else await expect(attempt).rejects.toMatchObject({ code: 'key/unsupported' });
  });
});

describe('key material', () => {
  it.each([0, 31, 513, 10_000])('of %i bytes is refused', async (length) => {
    const attempt = keyPairFromMaterial(nodeProvider, new Uint8Array(length));
    await expect(attempt).rejects.toMatchObject({ code: 'key/material-length' });
  });

  it.each([32, 512])(
    'of %i bytes gives the same keys with all adapters, and others for other types',
    async (length) => {
      const material = new Uint8Array(length).fill(7);
      const seen = new Set<string>();
      for (const type of MADE_TYPES) {
        const [first, second] = await Promise.all(
          PROVIDERS.map((provider) => keyPairFromMaterial(provider, material, type)),
        );
        expect(first!.privateKey.exportDer()).toEqual(second!.privateKey.exportDer());
        seen.add(bytesToHex(first!.publicKey.identifier));
      }
      expect(seen.size).toBe(MADE_TYPES.length);
    },
  );

  it('does not give RSA keys', async () => {
    const attempt = keyPairFromMaterial(nodeProvider, new Uint8Array(32), 'RSA_2048');
    await expect(attempt).rejects.toMatchObject({ code: 'key/unsupported' });
  });
});

describe('a public key is refused', () => {
  const { x, y } = p256.publicKey.export({ format: 'jwk' });
  const [xBytes, yBytes] = [x!, y!].map((text) => new Uint8Array(Buffer.from(text, 'base64url')));
  const p256Spki = (...point: Uint8Array[]) => derSequence(ALGORITHM.p256, derBits(concatBytes(...point)));
  const good = spki(ed25519.publicKey);

  it.each<[string, string, Uint8Array]>([
    ['that is nothing', 'key/malformed', new Uint8Array(0)],
    ['that is text', 'key/malformed', utf8ToBytes('hello')],
    ['with bytes after it', 'key/malformed', concatBytes(good, Uint8Array.of(0))],
    ['that is cut off', 'key/malformed', good.subarray(0, 43)],
    ['with a point too short', 'key/malformed', ed25519Spki(new Uint8Array(31))],
    ['with a point too long', 'key/malformed', ed25519Spki(new Uint8Array(33))],
    [
      'with unused bits',
      'key/malformed',
      derSequence(ALGORITHM.ed25519, der(TAG.bitString, Uint8Array.of(1), good.subarray(12))),
    ],
    ['with a third field', 'key/malformed', derSequence(ALGORITHM.ed25519, derBits(good.subarray(12)), derInteger(0))],
    ['that is a private key', 'key/malformed', pkcs8(ed25519.privateKey)],
    ['of more than 64 KiB', 'key/malformed', derSequence(ALGORITHM.rsa, derBits(new Uint8Array(70_000)))],
    ['in the form of PKCS#1', 'key/malformed', new Uint8Array(rsa.publicKey.export({ format: 'der', type: 'pkcs1' }))],
    [
      'with a NULL that does not belong there',
      'key/unsupported',
      derSequence(hexToBytes('300706032b65700500'), derBits(good.subarray(12))),
    ],
    ['of type Ed448', 'key/unsupported', spki(generateKeyPairSync('ed448').publicKey)],
    ['of type X448', 'key/unsupported', spki(generateKeyPairSync('x448').publicKey)],
    ['on P-384', 'key/unsupported', spki(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey)],
    ['on secp256k1', 'key/unsupported', spki(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey)],
    [
      'for RSASSA-PSS alone',
      'key/unsupported',
      spki(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey),
    ],
    ['with 1024 bits of RSA', 'key/unsupported', spki(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)],
    ['with a compressed P-256 point', 'key/malformed', p256Spki(Uint8Array.of(2 + (yBytes![31]! & 1)), xBytes!)],
    ['with a hybrid P-256 point', 'key/invalid', p256Spki(Uint8Array.of(6 + (yBytes![31]! & 1)), xBytes!, yBytes!)],
    [
      'off P-256',
      'key/invalid',
      p256Spki(
        Uint8Array.of(4),
        xBytes!,
        yBytes!.map((byte) => byte ^ 1),
      ),
    ],
    ['at zero on P-256', 'key/invalid', p256Spki(Uint8Array.of(4), new Uint8Array(64))],
    ['at infinity on P-256', 'key/malformed', p256Spki(Uint8Array.of(0))],
    ['above the field of P-256', 'key/invalid', p256Spki(Uint8Array.of(4), new Uint8Array(64).fill(0xff))],
  ])('%s: %s', (_, code, bytes) => {
    expect(() => importPublicKey(bytes)).toThrow(withCode(code));
  });

  it('where an Ed25519 point has small order', () => {
    const y = [
      '0000000000000000000000000000000000000000000000000000000000000000',
      '0000000000000000000000000000000000000000000000000000000000000080',
      '0100000000000000000000000000000000000000000000000000000000000000',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    ];
    for (const point of y)
      expect(() => importPublicKey(ed25519Spki(hexToBytes(point)))).toThrow(withCode('key/invalid'));
  });

  it('where an Ed25519 point is not canonical, or none', () => {
    for (let y = P; y < 2n ** 255n; y++) {
      for (const sign of [0n, 2n ** 255n]) {
        expect(() => importPublicKey(ed25519Spki(littleEndian(y + sign)))).toThrow(withCode('key/invalid'));
      }
    }
    // Minus zero, and a y without an x.
    for (const y of [1n + 2n ** 255n, P - 1n + 2n ** 255n, 2n]) {
      expect(() => importPublicKey(ed25519Spki(littleEndian(y)))).toThrow(withCode('key/invalid'));
    }
  });

  it('where an X25519 coordinate is not canonical or has small order', () => {
    const order8 = [
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    ].map(hexToBytes);
    const notReduced = Array.from({ length: 19 }, (_, index) => littleEndian(P + BigInt(index)));
    const highBit = x25519.publicKey
      .export({ format: 'der', type: 'spki' })
      .subarray(-32)
      .map((byte, at) => byte | (at === 31 ? 0x80 : 0));
    for (const u of [
      littleEndian(0n),
      littleEndian(1n),
      littleEndian(P - 1n),
      ...order8,
      ...notReduced,
      new Uint8Array(highBit),
    ]) {
      expect(() => importPublicKey(x25519Spki(u))).toThrow(withCode('key/invalid'));
    }
  });

  it('where either half of a compound is', () => {
    const [x, ed] = [spki(x25519.publicKey).subarray(12), spki(ed25519.publicKey).subarray(12)];
    const compound = (cipher: Uint8Array, signer: Uint8Array) =>
      derSequence(ALGORITHM.compound, derBits(derSequence(derOctets(cipher), derOctets(signer))));
    expect(importPublicKey(compound(x, ed)).type).toBe('CURVE25519_ED25519');
    expect(() => importPublicKey(compound(littleEndian(0n), ed))).toThrow(withCode('key/invalid'));
    expect(() => importPublicKey(compound(x, littleEndian(1n)))).toThrow(withCode('key/invalid'));
    expect(() => importPublicKey(compound(x, ed.subarray(1)))).toThrow(withCode('key/malformed'));
    expect(() => importPublicKey(compound(concatBytes(x, x), ed))).toThrow(withCode('key/malformed'));
  });

  it('where an RSA modulus or exponent is out of range', () => {
    const make = (n: bigint, e: bigint) =>
      derSequence(ALGORITHM.rsa, derBits(derSequence(derUnsigned(numberBytes(n)), derUnsigned(numberBytes(e)))));
    const n = 2n ** 2047n + 1n;
    expect(importPublicKey(make(n, 65537n)).type).toBe('RSA_2048');
    expect(importPublicKey(make(n * 2n + 1n, 3n)).type).toBe('RSA');
    for (const [modulus, exponent] of [
      [n - 1n, 65537n],
      [n, 1n],
      [n, 2n],
      [n, 65536n],
      [n, 2n ** 64n + 1n],
    ] as const) {
      expect(() => importPublicKey(make(modulus, exponent))).toThrow(withCode('key/invalid'));
    }
    for (const modulus of [1n, 2n ** 1024n + 1n, 2n ** 2046n + 1n, 2n ** 8192n + 1n]) {
      expect(() => importPublicKey(make(modulus, 65537n))).toThrow(withCode('key/unsupported'));
    }
    expect(() => importPublicKey(make(n, 0n))).toThrow(withCode('key/malformed'));
    const negative = derSequence(der(TAG.integer, new Uint8Array(256).fill(0xff)), derInteger(65537));
    expect(() => importPublicKey(derSequence(ALGORITHM.rsa, derBits(negative)))).toThrow(withCode('key/malformed'));
  });
});

describe.each(PROVIDERS)('with $name, a private key is refused', (provider) => {
  const edSecret = pkcs8(ed25519.privateKey).slice(16);
  const edPublic = spki(ed25519.publicKey).subarray(12);
  const wrapped = derOctets(derOctets(edSecret));
  const p256Sec1 = new Uint8Array(p256.privateKey.export({ format: 'der', type: 'sec1' }));
  const encrypted = { cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
  const scalar = p256Sec1.slice(7, 39);
  const point = p256Sec1.slice(-65);
  const parameters = der(contextTag(0), hexToBytes('06082a8648ce3d030107'));
  const sec1 = (...fields: Uint8Array[]) => derSequence(derInteger(1), ...fields);
  const bits = (bytes: Uint8Array) => der(contextTag(1), derBits(bytes));

  it.each<[string, string, Uint8Array]>([
    ['that is nothing', 'key/malformed', new Uint8Array(0)],
    ['with bytes after it', 'key/malformed', concatBytes(pkcs8(ed25519.privateKey), Uint8Array.of(0))],
    ['that is cut off', 'key/malformed', pkcs8(ed25519.privateKey).subarray(0, 47)],
    ['that is a public key', 'key/malformed', spki(ed25519.publicKey)],
    [
      'of version 2, with its public half',
      'key/malformed',
      derSequence(derInteger(1), ALGORITHM.ed25519, wrapped, der(0x81, Uint8Array.of(0), edPublic)),
    ],
    ['with attributes', 'key/malformed', derSequence(derInteger(0), ALGORITHM.ed25519, wrapped, der(contextTag(0)))],
    [
      'with a seed not wrapped twice',
      'key/malformed',
      derSequence(derInteger(0), ALGORITHM.ed25519, derOctets(edSecret)),
    ],
    [
      'with a seed too short',
      'key/malformed',
      derSequence(derInteger(0), ALGORITHM.ed25519, derOctets(derOctets(edSecret.subarray(1)))),
    ],
    ['in the form of PKCS#1', 'key/malformed', new Uint8Array(rsa.privateKey.export({ format: 'der', type: 'pkcs1' }))],
    [
      'encrypted, DER',
      'key/malformed',
      new Uint8Array(ed25519.privateKey.export({ format: 'der', type: 'pkcs8', ...encrypted })),
    ],
    [
      'encrypted, PEM',
      'key/malformed',
      utf8ToBytes(ed25519.privateKey.export({ format: 'pem', type: 'pkcs8', ...encrypted }) as string),
    ],
    [
      'encrypted, the old way',
      'key/malformed',
      utf8ToBytes(p256.privateKey.export({ format: 'pem', type: 'sec1', ...encrypted }) as string),
    ],
    ['on P-256 in PKCS#8, as Node writes it', 'key/unsupported', pkcs8(p256.privateKey)],
    ['of type Ed448', 'key/unsupported', pkcs8(generateKeyPairSync('ed448').privateKey)],
    ['of type X448', 'key/unsupported', pkcs8(generateKeyPairSync('x448').privateKey)],
    [
      'on P-384',
      'key/unsupported',
      new Uint8Array(
        generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'der', type: 'sec1' }),
      ),
    ],
    ['with 1024 bits of RSA', 'key/unsupported', pkcs8(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)],
    ['on P-256 with bytes after it', 'key/malformed', concatBytes(p256Sec1, Uint8Array.of(0))],
    ['on P-256 without its curve', 'key/malformed', sec1(derOctets(scalar), bits(point))],
    ['on P-256 without its public half', 'key/malformed', sec1(derOctets(scalar), parameters)],
    ['on P-256 with a short scalar', 'key/malformed', sec1(derOctets(scalar.subarray(1)), parameters, bits(point))],
    ['on P-256 with the scalar zero', 'key/invalid', sec1(derOctets(new Uint8Array(32)), parameters, bits(point))],
    [
      'on P-256 with a scalar too large',
      'key/invalid',
      sec1(derOctets(new Uint8Array(32).fill(0xff)), parameters, bits(point)),
    ],
    [
      'on P-256 with the public half of another',
      'key/invalid',
      sec1(derOctets(scalar.map((byte, at) => (at === 31 ? byte ^ 1 : byte))), parameters, bits(point)),
    ],
    [
      'on P-256 with a compressed public half',
      'key/invalid',
      sec1(
        derOctets(scalar),
        parameters,
        bits(concatBytes(Uint8Array.of(2 + (point[64]! & 1)), point.subarray(1, 33))),
      ),
    ],
  ])('%s: %s', async (_, code, bytes) => {
    await expect(importPrivateKey(provider, bytes)).rejects.toMatchObject({ code });
  });

  it('where the numbers of RSA do not belong together', async () => {
    const numbers = readRsaNumbers(pkcs8(rsa.privateKey));
    const good = await importPrivateKey(provider, writeRsa(numbers));
    expect(good.exportDer()).toEqual(pkcs8(rsa.privateKey));
    const { n, e, d, p, q, dp, dq, qi } = numbers;
    const wrong: (typeof numbers)[] = [
      { ...numbers, p: q },
      { ...numbers, p: n, q: 1n },
      { ...numbers, p: p + 2n },
      { ...numbers, n: n + 2n },
      { ...numbers, d: d + 2n },
      { ...numbers, d: d + (p - 1n) * (q - 1n) },
      { ...numbers, e: e + 2n },
      { ...numbers, e: 1n, d: 1n, dp: 1n, dq: 1n },
      { ...numbers, e: e + (p - 1n) * (q - 1n) },
      { ...numbers, dp: dp + 2n },
      { ...numbers, dq: dq + 2n },
      { ...numbers, qi: qi + 1n },
      { ...numbers, n: 2n * p, q: 2n },
    ];
    for (const candidate of wrong) {
      const attempt = importPrivateKey(provider, writeRsa(candidate));
      await expect(attempt).rejects.toMatchObject({ code: expect.stringMatching(/^key\/(invalid|unsupported)$/) });
    }
  });

  it('where RSA has an even modulus', async () => {
    const p = generatePrimeSync(2047, { bigint: true });
    const d = invert(65537n, p - 1n);
    const numbers = { n: 2n * p, e: 65537n, d, p, q: 2n, dp: d, dq: 1n, qi: invert(2n, p) };
    await expect(importPrivateKey(provider, writeRsa(numbers))).rejects.toMatchObject({ code: 'key/invalid' });
  });

  it('where RSA has more than two primes', async () => {
    const key = new DerReader(pkcs8(rsa.privateKey)).enter(TAG.sequence);
    key.integer();
    key.element(TAG.sequence);
    const content = new DerReader(key.read(TAG.octetString)).enter(TAG.sequence).rest();
    const multi = derSequence(derInteger(1), content.subarray(3), derSequence());
    const candidate = derSequence(derInteger(0), ALGORITHM.rsa, derOctets(multi));
    await expect(importPrivateKey(provider, candidate)).rejects.toMatchObject({ code: 'key/malformed' });
  });
});

describe('a private key', () => {
  it.each([...MADE_TYPES, 'RSA_2048'] as KeyType[])(
    'of type %s shows nothing of its bytes when it is printed',
    async (type) => {
      const { privateKey } = await generateKeyPair(nodeProvider, type);
      const secrets = [privateKey.parts.agreement, privateKey.parts.signing]
        .filter((component) => component !== undefined)
        .map(({ secret }) => secret.slice(-24));
      const prints = [
        inspect(privateKey, { depth: 20, showHidden: true, getters: true, maxArrayLength: null }),
        inspect({ nested: [privateKey] }, { depth: 20 }),
        JSON.stringify(privateKey),
        JSON.stringify({ nested: [privateKey] }),
        [privateKey, ...Object.values(privateKey)].map((value: unknown) => String(value)).join(),
      ];
      for (const secret of secrets) {
        const forms = [
          bytesToHex(secret),
          bytesToBase64(secret),
          [...secret].join(','),
          [...secret].join(', '),
          [...secret].slice(0, 6).join(', '),
        ];
        for (const form of forms) for (const print of prints) expect(print).not.toContain(form);
      }
      expect(JSON.stringify({ privateKey })).toBe('{"privateKey":"<redacted>"}');
    },
  );

  it('gives out copies', async () => {
    const { privateKey, publicKey } = await generateKeyPair(nodeProvider);
    privateKey.exportDer().fill(0);
    publicKey.exportDer().fill(0);
    expect(privateKey.exportDer().some((byte) => byte !== 0)).toBe(true);
    expect((await importPrivateKey(nodeProvider, privateKey.exportDer())).identifier).toEqual(publicKey.identifier);
  });

  it('does not change with the bytes it was read from', async () => {
    for (const made of [pkcs8(ed25519.privateKey), pkcs8(rsa.privateKey)]) {
      const bytes = made.slice();
      const key = await importPrivateKey(nodeProvider, bytes);
      bytes.fill(0);
      expect(key.exportDer()).toEqual(made);
    }
    const bytes = spki(p256.publicKey);
    const key = importPublicKey(bytes);
    bytes.fill(0);
    expect(key.exportDer()).toEqual(spki(p256.publicKey));
  });
});

function numberBytes(value: bigint): Uint8Array {
  const digits = value.toString(16);
  return hexToBytes(digits.padStart(digits.length + (digits.length % 2), '0'));
}

interface RsaNumbers {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qi: bigint;
}

function readRsaNumbers(key: Uint8Array): RsaNumbers {
  const jwk = createPrivateKey({ format: 'der', type: 'pkcs8', key: Buffer.from(key) }).export({ format: 'jwk' });
  const number = (text: unknown) => BigInt(`0x${Buffer.from(text as string, 'base64url').toString('hex')}`);
  const { n, e, d, p, q, dp, dq, qi } = jwk;
  return {
    n: number(n),
    e: number(e),
    d: number(d),
    p: number(p),
    q: number(q),
    dp: number(dp),
    dq: number(dq),
    qi: number(qi),
  };
}

function writeRsa({ n, e, d, p, q, dp, dq, qi }: RsaNumbers): Uint8Array {
  const numbers = [n, e, d, p, q, dp, dq, qi].map((value) => derUnsigned(numberBytes(value)));
  return derSequence(derInteger(0), ALGORITHM.rsa, derOctets(derSequence(derInteger(0), ...numbers)));
}
