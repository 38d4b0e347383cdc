import { createECDH, createHash, createHmac, hkdfSync } from 'node:crypto';
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { bytesToHex } from '../encoding/text.ts';
import { nodeProvider } from '../provider/node.ts';
import { Fr } from './bls.ts';
import { blindPoint } from './harden.ts';
import { Fn } from './p256.ts';
import { blind } from './pythia.ts';
import { transform } from './pythia-server.ts';
import { hardenPoint, transformPythia } from './server.ts';
import { fixedScalar } from './test-kit.ts';

const secret = Uint8Array.from({ length: 32 }, (_, index) => index);
const { blindedPassword } = blind(utf8ToBytes('password'), fixedScalar(12345n));
const { blindedPoint } = blindPoint(utf8ToBytes('password'), fixedScalar(12345n));
const owner = { secret, application: 'app', identity: 'alice' };
const sha256Hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The derivation of docs/spec/brain-key.md §5, over node:crypto. */
function deriveByThePage({
  application,
  identity,
  brainKeyId = '',
}: {
  application: string;
  identity: string;
  brainKeyId?: string;
}) {
  const label = 'sotto-brain-key-v1';
  const hkdf = (key: Uint8Array, info: Uint8Array, length: number) =>
    new Uint8Array(hkdfSync('sha512', key, new Uint8Array(0), info, length));
  const applicationSecret = hkdf(secret, utf8ToBytes(`${label}\0application\0${application}`), 32);
  const hash = createHash('sha512').update(`${label}\0owner\0`);
  for (const field of [application, identity, brainKeyId].map((text) => Buffer.from(text))) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    hash.update(length).update(field);
  }
  const tweak = new Uint8Array(hash.digest());
  const seed = hkdf(applicationSecret, concatBytes(utf8ToBytes(`${label}\0p256\0`), tweak), 48);
  const mac = createHmac('sha384', applicationSecret).update(`${label}pythia`).digest();
  return { tweak, privateKey: Fr.create(bytesToNumberBE(mac)), scalar: (bytesToNumberBE(seed) % (Fn.ORDER - 1n)) + 1n };
}

describe('transformPythia', () => {
  it.each([
    { application: 'app', identity: 'alice' },
    { application: 'app', identity: 'alice', brainKeyId: 'second' },
    { application: 'ünïcode', identity: '世界\0🔑' },
  ])('has the key and the tweak that the page describes: %o', (names) => {
    const { privateKey, tweak } = deriveByThePage(names);
    const expected = transform({ blindedPassword, privateKey, tweak, draw: nodeProvider.randomBytes });
    expect(transformPythia({ blindedPassword, secret, ...names })).toEqual(expected);
  });

  it('answers the same for ever', () => {
    expect(sha256Hex(transformPythia({ blindedPassword, ...owner }))).toBe(
      '7aacca7169d136962163ca5d16ae3ef3a5b0cfb224f816a5bfeeda5ecbe225eb',
    );
  });

  it('has an answer of its own for each owner, however the names are cut', () => {
    const names = [
      ['app', 'alice', ''],
      ['app', 'bob', ''],
      ['app2', 'alice', ''],
      ['app', 'alice', 'second'],
      ['appa', 'lice', ''],
      ['app', 'alicesecond', ''],
      ['app', 'alice\0second', ''],
      ['app', '', 'alice'],
    ] as const;
    const answers = names.map(([application, identity, brainKeyId]) =>
      bytesToHex(transformPythia({ blindedPassword, secret, application, identity, brainKeyId })),
    );
    expect(new Set(answers).size).toBe(names.length);
  });

  it('takes no brain-key id and an empty one for the same', () => {
    expect(transformPythia({ blindedPassword, ...owner, brainKeyId: '' })).toEqual(
      transformPythia({ blindedPassword, ...owner }),
    );
  });

  it('hardens a point of P-256 with the scalar of hardenPoint', () => {
    const { hardenedPoint } = hardenPoint({ blindedPoint, ...owner });
    expect(transformPythia({ blindedPassword: blindedPoint, ...owner })).toEqual(hardenedPoint);
    expect(transformPythia({ blindedPassword: blindedPoint, ...owner, brainKeyId: 'second' })).not.toEqual(
      hardenedPoint,
    );
  });
});

describe('hardenPoint', () => {
  it('has the scalar that the page describes', () => {
    const key = createECDH('prime256v1');
    key.setPrivateKey(Fn.toBytes(deriveByThePage(owner).scalar));
    expect(hardenPoint({ blindedPoint, ...owner }).serverPublicKey).toEqual(new Uint8Array(key.getPublicKey()));
  });

  it('answers the same for ever', () => {
    expect(sha256Hex(hardenPoint({ blindedPoint, ...owner }).hardenedPoint)).toBe(
      'b1bc50fda38b39d24c0bcf5b0598b2454c665620a4a96df0158108eda88fbaed',
    );
  });

  it('has a key of its own for each owner', () => {
    const owners = [
      owner,
      { ...owner, identity: 'bob' },
      { ...owner, application: 'app2' },
      { ...owner, application: 'appa', identity: 'lice' },
    ];
    const keys = owners.map((each) => bytesToHex(hardenPoint({ blindedPoint, ...each }).serverPublicKey));
    expect(new Set(keys).size).toBe(owners.length);
  });
});

describe('both', () => {
  const calls: [string, (options: { blinded: Uint8Array; secret: Uint8Array }) => unknown][] = [
    [
      'transformPythia',
      ({ blinded, ...options }) => transformPythia({ ...owner, ...options, blindedPassword: blinded }),
    ],
    ['hardenPoint', ({ blinded, ...options }) => hardenPoint({ ...owner, ...options, blindedPoint: blinded })],
  ];

  it.each(calls)('%s refuses what is no point', (_, call) => {
    for (const length of [0, 1, 48, 49, 50, 64, 65, 66, 384]) {
      expect(() => call({ blinded: new Uint8Array(length), secret })).toThrow(
        expect.objectContaining({ code: 'brain-key/bad-point' }),
      );
    }
  });

  it.each(calls)('%s has no answer from a secret of 31 bytes', (name, call) => {
    const blinded = name === 'hardenPoint' ? blindedPoint : blindedPassword;
    expect(() => call({ blinded, secret: secret.subarray(1) })).toThrow(
      expect.objectContaining({ code: 'brain-key/short-secret' }),
    );
    expect(() => call({ blinded, secret: new Uint8Array(64) })).not.toThrow();
  });
});
