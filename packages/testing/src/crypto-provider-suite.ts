/**
 * What every `CryptoProvider` must do, run by each adapter's own test: the same bytes and the same verdict on every input. The
 * formats have tests of their own; here components are handed to the port as the formats hand them.
 */
import {
  base64ToBytes,
  bytesToHex,
  type ComponentKind,
  type CryptoProvider,
  concatBytes,
  type HashName,
  hexToBytes,
  importPrivateKey,
  importPublicKey,
  isSdkError,
  type PrivateComponent,
  type PublicComponent,
  type SdkError,
  utf8ToBytes,
  type WrappedKey,
} from '@sotto/core';
import { beforeAll, describe, expect, it } from 'vitest';

export interface CryptoProviderSuiteOptions {
  /** Whether the platform makes RSA keys. Using them is asked of all. */
  readonly canMakeRsa: boolean;
}

interface TestKey {
  readonly secret: PrivateComponent;
  readonly public: PublicComponent;
}

type EciesKey = Extract<WrappedKey, { kind: 'ecies' }>;

const HASHES: HashName[] = ['SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'];
const CURVES = ['ed25519', 'x25519', 'p256'] as const;
const KINDS = [...CURVES, 'rsa'] as const;
const SIGNING_KINDS = ['ed25519', 'p256', 'rsa'] as const;

const contentKey = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
const data = utf8ToBytes('the data to be signed');

/** Registers the tests of one adapter. */
export function cryptoProviderSuite(
  provider: CryptoProvider,
  { canMakeRsa }: CryptoProviderSuiteOptions = { canMakeRsa: false },
): void {
  describe(`the crypto provider ${provider.name}`, () => {
    const keys = new Map<ComponentKind, TestKey>();
    const keyOf = (kind: ComponentKind): TestKey => keys.get(kind)!;

    beforeAll(async () => {
      for (const kind of CURVES) keys.set(kind, await makeKey(kind));
      const rsa = await importPrivateKey(provider, base64ToBytes(RSA_KEY));
      keys.set('rsa', { secret: rsa.parts.signing!, public: rsa.publicKey.parts.signing! });
    });

    async function makeKey(kind: ComponentKind): Promise<TestKey> {
      const secret = await provider.generateKey(kind);
      return { secret, public: await provider.toPublic(secret) };
    }

    async function wrapFor(kind: ComponentKind): Promise<WrappedKey> {
      return (await provider.wrapKey(contentKey, [keyOf(kind).public]))[0]!;
    }

    async function wrapEcies(kind: (typeof CURVES)[number]): Promise<EciesKey> {
      return (await wrapFor(kind)) as EciesKey;
    }

    describe('random bytes and hashes', () => {
      it('draws as many bytes as asked for, never the same', () => {
        const lengths = [0, 1, 12, 32, 100_000];
        expect(lengths.map((length) => provider.randomBytes(length).length)).toEqual(lengths);
        const drawn = Array.from({ length: 1000 }, () => bytesToHex(provider.randomBytes(16)));
        expect(new Set(drawn).size).toBe(1000);
      });

      it.each([
        ['SHA-224', '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7'],
        ['SHA-256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
        ['SHA-384', 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7'],
        [
          'SHA-512',
          'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
            '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
        ],
      ] as const)('hashes with %s as FIPS 180-4 does', async (name, digest) => {
        expect(bytesToHex(await provider.hash(name, utf8ToBytes('abc')))).toBe(digest);
      });

      it('derives what HKDF-SHA-512 without salt and info derives', async () => {
        const secret = hexToBytes('24aeff2645e3e0f5494a9a102778c43a');
        expect(bytesToHex(await provider.hkdf(secret, 20))).toBe('dd2599840b09699c6200b5cba79002b3aa75c61b');
        expect(await provider.hkdf(secret, 88)).toHaveLength(88);
      });

      it('derives another secret for another salt, info or both', async () => {
        const [salt, info] = [utf8ToBytes('salt'), utf8ToBytes('info')];
        const derived = await Promise.all(
          [{}, { salt }, { info }, { salt, info }, { salt: info, info: salt }].map(async (options) =>
            bytesToHex(await provider.hkdf(contentKey, 44, options)),
          ),
        );
        expect(new Set(derived).size).toBe(5);
        expect(await provider.hkdf(contentKey, 44, { salt: new Uint8Array(0), info: new Uint8Array(0) })).toEqual(
          await provider.hkdf(contentKey, 44),
        );
      });
    });

    describe('keys', () => {
      it.each([
        // RFC 8032 §7.1, RFC 7748 §6.1, and the generator of P-256.
        [
          'ed25519',
          '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
          'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
        ],
        [
          'x25519',
          '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
          '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
        ],
        [
          'p256',
          '0000000000000000000000000000000000000000000000000000000000000001',
          '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
            '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
        ],
      ] as const)('finds the public half of a published %s key', async (kind, secret, expected) => {
        const { bytes } = await provider.toPublic({ kind, secret: hexToBytes(secret) });
        expect(bytesToHex(bytes)).toBe(expected);
      });

      it.each([
        ['zero', '0000000000000000000000000000000000000000000000000000000000000000'],
        ['the order of the curve', 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'],
        ['above the order', 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
      ])('refuses a P-256 scalar that is %s', async (_, secret) => {
        const attempt = provider.toPublic({ kind: 'p256', secret: hexToBytes(secret) });
        await expect(attempt).rejects.toMatchObject({ code: 'key/invalid' });
      });

      it('refuses an RSA key that is none', async () => {
        const attempt = provider.toPublic({ kind: 'rsa', secret: hexToBytes('3003020100') });
        await expect(attempt).rejects.toMatchObject({ code: 'key/invalid' });
      });

      it('makes keys of the sizes that the formats have', async () => {
        const sizes = CURVES.map((kind) => [keyOf(kind).secret.secret.length, keyOf(kind).public.bytes.length]);
        expect(sizes).toEqual([
          [32, 32],
          [32, 32],
          [32, 65],
        ]);
        expect((await makeKey('ed25519')).public.bytes).not.toEqual(keyOf('ed25519').public.bytes);
      });

      it('makes RSA keys, or says that it cannot', async () => {
        if (!canMakeRsa) {
          await expect(provider.generateKey('rsa', 2048)).rejects.toMatchObject({ code: 'key/unsupported' });
          return;
        }
        const { secret } = await provider.generateKey('rsa', 2048);
        expect((await importPrivateKey(provider, secret)).type).toBe('RSA_2048');
      });
    });

    describe('signatures', () => {
      describe.each(SIGNING_KINDS)('by %s', (kind) => {
        it.each(HASHES)('are good for the data, the key and %s alone', async (hash) => {
          const { secret, public: key } = keyOf(kind);
          const signature = await provider.sign(secret, hash, data);
          expect(await provider.verify(key, hash, data, signature)).toBe(true);
          expect(await provider.verify(key, hash, data.subarray(1), signature)).toBe(false);
          for (const other of HASHES.filter((name) => name !== hash)) {
            expect(await provider.verify(key, other, data, signature)).toBe(false);
          }
        });

        it('are refused, and throw nothing, in any other length or form', async () => {
          const { secret, public: key } = keyOf(kind);
          const signature = await provider.sign(secret, 'SHA-512', data);
          const { length } = signature;
          const misshapen = [
            new Uint8Array(0),
            new Uint8Array(1),
            signature.subarray(0, length - 1),
            signature.subarray(1),
            concatBytes(signature, Uint8Array.of(0)),
            concatBytes(Uint8Array.of(0), signature),
            new Uint8Array(length),
            new Uint8Array(length).fill(0xff),
            new Uint8Array(10_000),
          ];
          for (const candidate of misshapen) {
            expect(await provider.verify(key, 'SHA-512', data, candidate)).toBe(false);
          }
        });

        it('are refused with any one byte changed', async () => {
          const { secret, public: key } = keyOf(kind);
          const signature = await provider.sign(secret, 'SHA-512', data);
          for (let at = 0; at < signature.length; at++) {
            expect(await provider.verify(key, 'SHA-512', data, flip(signature, at))).toBe(false);
          }
        });
      });

      it.each(['ed25519', 'p256'] as const)('by %s are not good for another key', async (kind) => {
        const signature = await provider.sign(keyOf(kind).secret, 'SHA-512', data);
        expect(await provider.verify((await makeKey(kind)).public, 'SHA-512', data, signature)).toBe(false);
      });

      it('by Ed25519 are over the digest, always the same', async () => {
        // The message of known-answers.json "sign alice empty" is the digest of no data.
        const secret = base64ToBytes('r1bEpwwA+tpRQVAllPhqKMt3EQiw6f9bgtJ4cJylqbs=');
        const signature = await provider.sign({ kind: 'ed25519', secret }, 'SHA-512', new Uint8Array(0));
        expect(bytesToHex(signature)).toBe(
          'a5bf1db3a884578b23da71cca9828ed1136e239d8ceac7f4b4042c069f73fac6' +
            '9c6ec2acff05c8a04d47e7137dbef13309875bbd13702d4e13f6c7f44a33100a',
        );
      });

      it('by Ed25519 over the message itself are those of RFC 8032, and good for that message and key alone', async () => {
        const secret = hexToBytes('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7'); // §7.1, test 3
        const rfc8032 = { kind: 'ed25519', secret } as const;
        const message = hexToBytes('af82');
        const signature = await provider.signPure(rfc8032, message);
        expect(bytesToHex(signature)).toBe(
          '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
            '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
        );
        const key = await provider.toPublic(rfc8032);
        expect(await provider.verifyPure(key, message, signature)).toBe(true);
        expect(await provider.verifyPure(key, message.subarray(1), signature)).toBe(false);
        expect(await provider.verifyPure(keyOf('ed25519').public, message, signature)).toBe(false);
        expect(await provider.verify(key, 'SHA-512', message, signature)).toBe(false);
        for (let at = 0; at < signature.length; at++) {
          expect(await provider.verifyPure(key, message, flip(signature, at))).toBe(false);
        }
        for (const length of [0, 1, 63, 65]) {
          expect(await provider.verifyPure(key, message, new Uint8Array(length))).toBe(false);
        }
      });

      it.each(['x25519', 'p256', 'rsa'] as const)('over the message itself are not made by %s', async (kind) => {
        const { secret, public: key } = keyOf(kind);
        await expect(provider.signPure(secret, data)).rejects.toMatchObject({ code: 'key/cannot-sign' });
        expect(await provider.verifyPure(key, data, new Uint8Array(64))).toBe(false);
      });

      it('by Ed25519 are refused once the order is added to s', async () => {
        const { secret, public: key } = keyOf('ed25519');
        const signature = await provider.sign(secret, 'SHA-512', data);
        const s = littleEndian(signature.subarray(32)) + ED25519_ORDER;
        const malleated = concatBytes(signature.subarray(0, 32), bigEndianBytes(s).reverse());
        expect(await provider.verify(key, 'SHA-512', data, malleated)).toBe(false);
      });

      it('by Ed25519 are verified without the cofactor', async () => {
        // A key with a part of small order, on which cofactored and cofactorless verification part.
        const key: PublicComponent = { kind: 'ed25519', bytes: hexToBytes(MIXED_ORDER.key) };
        const message = utf8ToBytes(MIXED_ORDER.message);
        expect(await provider.verify(key, 'SHA-512', message, hexToBytes(MIXED_ORDER.goodEitherWay))).toBe(true);
        expect(await provider.verify(key, 'SHA-512', message, hexToBytes(MIXED_ORDER.goodWithCofactor))).toBe(false);
      });

      it('by P-256 are good with s high or low, and in DER alone', async () => {
        const { secret, public: key } = keyOf('p256');
        for (let round = 0; round < 8; round++) {
          const signature = await provider.sign(secret, 'SHA-512', data);
          const { r, s } = readEcdsa(signature);
          expect(writeEcdsa(r, s)).toEqual(signature);
          expect(await provider.verify(key, 'SHA-512', data, writeEcdsa(r, P256_ORDER - s))).toBe(true);
          const raw = concatBytes(bigEndianBytes(r), bigEndianBytes(s));
          expect(await provider.verify(key, 'SHA-512', data, raw)).toBe(false);
          const longLength = concatBytes(Uint8Array.of(0x30, 0x81), signature.subarray(1));
          expect(await provider.verify(key, 'SHA-512', data, longLength)).toBe(false);
        }
      });

      it('are not made by X25519, and never good for it', async () => {
        const { secret, public: key } = keyOf('x25519');
        await expect(provider.sign(secret, 'SHA-512', data)).rejects.toMatchObject({ code: 'key/cannot-sign' });
        expect(await provider.verify(key, 'SHA-512', data, new Uint8Array(64))).toBe(false);
      });
    });

    describe('wrapped keys', () => {
      it.each(KINDS)('open for their %s recipient', async (kind) => {
        expect(await provider.unwrapKey(await wrapFor(kind), keyOf(kind).secret)).toEqual(contentKey);
      });

      it('come in the order of the recipients, with one ephemeral key per kind and an IV of their own', async () => {
        const recipients: TestKey[] = [];
        for (const kind of [...KINDS, ...KINDS, ...KINDS])
          recipients.push(kind === 'rsa' ? keyOf(kind) : await makeKey(kind));
        const publics = recipients.map((key) => key.public);
        const wrapped = await provider.wrapKey(contentKey, publics);

        expect(wrapped).toHaveLength(recipients.length);
        for (const [index, recipient] of recipients.entries()) {
          expect(await provider.unwrapKey(wrapped[index]!, recipient.secret)).toEqual(contentKey);
        }
        const ecies = wrapped.filter((entry): entry is EciesKey => entry.kind === 'ecies');
        expect(ecies.map(({ ephemeral }) => ephemeral.kind)).toEqual([...CURVES, ...CURVES, ...CURVES]);
        expect(countDistinct(ecies.map(({ ephemeral }) => ephemeral.bytes))).toBe(CURVES.length);
        expect(countDistinct(ecies.map(({ iv }) => iv))).toBe(ecies.length);
        expect(ecies.map(({ iv, mac, ciphertext }) => [iv.length, mac.length, ciphertext.length])).toEqual(
          ecies.map(() => [16, 48, 48]),
        );
      });

      it('share no ephemeral key with those of the next call', async () => {
        const recipients = CURVES.map((kind) => keyOf(kind).public);
        const calls = [await provider.wrapKey(contentKey, recipients), await provider.wrapKey(contentKey, recipients)];
        const ephemerals = calls.flat().map((entry) => (entry as EciesKey).ephemeral.bytes);
        expect(countDistinct(ephemerals)).toBe(2 * CURVES.length);
      });

      it('are none for nobody', async () => {
        expect(await provider.wrapKey(contentKey, [])).toEqual([]);
      });

      it.each([
        ['ed25519', '302a300506032b6570032100'],
        ['x25519', '302a300506032b656e032100'],
        ['p256', '3059301306072a8648ce3d020106082a8648ce3d030107034200'],
      ] as const)('have %s ephemeral keys that pass the checks of an import', async (kind, prefix) => {
        for (let round = 0; round < 20; round++) {
          const { ephemeral } = await wrapEcies(kind);
          expect(() => importPublicKey(concatBytes(hexToBytes(prefix), ephemeral.bytes))).not.toThrow();
        }
      });

      it.each(CURVES)('for %s are refused with another key, mac, ciphertext or ephemeral key', async (kind) => {
        const { secret } = keyOf(kind);
        const good = await wrapEcies(kind);
        const { ephemeral } = await wrapEcies(kind);
        await expectUndecryptable(provider.unwrapKey(good, (await makeKey(kind)).secret));
        await expectUndecryptable(provider.unwrapKey({ ...good, ephemeral }, secret));
        for (let at = 0; at < 48; at++) {
          await expectUndecryptable(provider.unwrapKey({ ...good, mac: flip(good.mac, at) }, secret));
          await expectUndecryptable(provider.unwrapKey({ ...good, ciphertext: flip(good.ciphertext, at) }, secret));
        }
        for (const length of [0, 1, 16, 32, 47]) {
          const ciphertext = good.ciphertext.subarray(0, length);
          await expectUndecryptable(provider.unwrapKey({ ...good, ciphertext }, secret));
          await expectUndecryptable(provider.unwrapKey({ ...good, mac: good.mac.subarray(0, length) }, secret));
        }
        for (const length of [0, 12, 15, 17]) {
          await expectUndecryptable(provider.unwrapKey({ ...good, iv: new Uint8Array(length) }, secret));
        }
      });

      it('are refused where ephemeral key and recipient are of two kinds', async () => {
        for (const from of KINDS) {
          const wrapped = await wrapFor(from);
          for (const to of KINDS.filter((kind) => kind !== from)) {
            await expectUndecryptable(provider.unwrapKey(wrapped, keyOf(to).secret));
          }
        }
        // X25519 would agree with the same point under its other name.
        const good = await wrapEcies('x25519');
        for (const kind of ['ed25519', 'p256'] as const) {
          const ephemeral = { kind, bytes: good.ephemeral.bytes };
          await expectUndecryptable(provider.unwrapKey({ ...good, ephemeral }, keyOf('x25519').secret));
        }
      });

      it.each(SMALL_ORDER_U)('are refused with the X25519 ephemeral key %s, of small order', async (u) => {
        const wrapped = wrappedUnderZero({ kind: 'x25519', bytes: hexToBytes(u) });
        await expectUndecryptable(provider.unwrapKey(wrapped, keyOf('x25519').secret));
      });

      it.each(SMALL_ORDER_POINTS)('are refused with the Ed25519 ephemeral key %s, of small order', async (point) => {
        const wrapped = wrappedUnderZero({ kind: 'ed25519', bytes: hexToBytes(point) });
        await expectUndecryptable(provider.unwrapKey(wrapped, keyOf('ed25519').secret));
      });

      it('are refused with a P-256 ephemeral key off the curve, at infinity or in another form', async () => {
        const { secret } = keyOf('p256');
        const good = await wrapEcies('p256');
        const { bytes } = good.ephemeral;
        const parity = bytes[64]! & 1;
        const forms = {
          offCurve: flip(bytes, 64),
          zero: concatBytes(Uint8Array.of(4), new Uint8Array(64)),
          infinity: Uint8Array.of(0),
          compressed: concatBytes(Uint8Array.of(2 + parity), bytes.subarray(1, 33)),
          hybrid: concatBytes(Uint8Array.of(6 + parity), bytes.subarray(1)),
          bare: bytes.subarray(1),
          short: bytes.subarray(0, 64),
          long: concatBytes(bytes, Uint8Array.of(0)),
          empty: new Uint8Array(0),
        };
        for (const form of Object.values(forms)) {
          const ephemeral = { kind: 'p256', bytes: form } as const;
          await expectUndecryptable(provider.unwrapKey({ ...good, ephemeral }, secret));
        }
        expect(await provider.unwrapKey(good, secret)).toEqual(contentKey);
      });

      it('for RSA are refused with any bit changed, in another length, and above the modulus', async () => {
        const { secret } = keyOf('rsa');
        const { block } = (await wrapFor('rsa')) as Extract<WrappedKey, { kind: 'rsa' }>;
        expect(block).toHaveLength(256);
        const blocks = [
          ...[0, 1, 64, 65, 128, 254, 255].map((at) => flip(block, at)),
          new Uint8Array(0),
          block.subarray(1),
          block.subarray(0, 255),
          concatBytes(block, Uint8Array.of(0)),
          concatBytes(Uint8Array.of(0), block),
          new Uint8Array(256),
          new Uint8Array(256).fill(0xff),
        ];
        for (const candidate of blocks) {
          await expectUndecryptable(provider.unwrapKey({ kind: 'rsa', block: candidate }, secret));
        }
      });

      it('for RSA are refused without the zero that they begin with', async () => {
        const { secret } = keyOf('rsa');
        let block: Uint8Array;
        do block = ((await wrapFor('rsa')) as Extract<WrappedKey, { kind: 'rsa' }>).block;
        while (block[0] !== 0); // one in 256
        expect(await provider.unwrapKey({ kind: 'rsa', block }, secret)).toHaveLength(32);
        await expectUndecryptable(provider.unwrapKey({ kind: 'rsa', block: block.subarray(1) }, secret));
      });
    });

    describe('bodies', () => {
      const options = { key: contentKey, nonce: new Uint8Array(12).fill(9), aad: utf8ToBytes('bound') };

      it.each([0, 1, 15, 16, 17, 1000, 100_000])('of %i bytes open again', async (length) => {
        const plaintext = provider.randomBytes(length);
        const body = concatBytes(...(await provider.encryptBody(options, [plaintext])));
        expect(body).toHaveLength(length + 16);
        expect(bytesToHex(await provider.decryptBody(options, body))).toBe(bytesToHex(plaintext));
      });

      it('are the same whatever the parts that they are made from', async () => {
        const plaintext = provider.randomBytes(100);
        const body = concatBytes(...(await provider.encryptBody(options, [plaintext])));
        const cuts = [0, 1, 16, 17, 50, 100];
        const parts = cuts.map((cut, index) => plaintext.subarray(cuts[index - 1] ?? 0, cut));
        expect(concatBytes(...(await provider.encryptBody(options, parts)))).toEqual(body);
      });

      it('are AES-256-GCM, ciphertext and then tag', async () => {
        const row = {
          key: hexToBytes('92ace3e348cd821092cd921aa3546374299ab46209691bc28b8752d17f123c20'),
          nonce: hexToBytes('00112233445566778899aabb'),
          aad: hexToBytes('00000000ffffffff'),
        };
        const body = concatBytes(...(await provider.encryptBody(row, [hexToBytes('00010203040506070809')])));
        expect(bytesToHex(body)).toBe('e27abdd2d2a53d2f136b9a4a2579529301bcfb71c78d4060f52c');
      });

      it('without associated data are those with none of it', async () => {
        const { key, nonce } = options;
        const body = concatBytes(...(await provider.encryptBody({ key, nonce }, [data])));
        expect(concatBytes(...(await provider.encryptBody({ key, nonce, aad: new Uint8Array(0) }, [data])))).toEqual(
          body,
        );
        expect(await provider.decryptBody({ key, nonce }, body)).toEqual(data);
      });

      it('are refused with any byte changed or cut off', async () => {
        const body = concatBytes(...(await provider.encryptBody(options, [data])));
        for (let at = 0; at < body.length; at++) {
          await expectUndecryptable(provider.decryptBody(options, flip(body, at)));
          await expectUndecryptable(provider.decryptBody(options, body.subarray(0, at)));
        }
        await expectUndecryptable(provider.decryptBody(options, concatBytes(body, Uint8Array.of(0))));
      });

      it('are refused with another key, nonce or associated data', async () => {
        const body = concatBytes(...(await provider.encryptBody(options, [data])));
        const { key, nonce, aad } = options;
        await expectUndecryptable(provider.decryptBody({ key: flip(key, 0), nonce, aad }, body));
        await expectUndecryptable(provider.decryptBody({ key, nonce: flip(nonce, 11), aad }, body));
        await expectUndecryptable(provider.decryptBody({ key, nonce, aad: flip(aad, 0) }, body));
        await expectUndecryptable(provider.decryptBody({ key, nonce }, body));
      });
    });

    it('leaves what it is given as it was, and gives out memory of its own', async () => {
      const { secret, public: key } = keyOf('ed25519');
      const nonce = new Uint8Array(12);
      const given = [contentKey, data, secret.secret, key.bytes, nonce];
      const before = given.map(bytesToHex);

      const body = concatBytes(...(await provider.encryptBody({ key: contentKey, nonce, aad: data }, [data])));
      const wrapped = (await provider.wrapKey(contentKey, [key]))[0] as EciesKey;
      const signature = await provider.sign(secret, 'SHA-512', data);
      const results = {
        random: provider.randomBytes(16),
        hash: await provider.hash('SHA-512', data),
        hkdf: await provider.hkdf(data, 88),
        secret: (await provider.generateKey('p256')).secret,
        public: (await provider.toPublic(secret)).bytes,
        signature,
        ephemeral: wrapped.ephemeral.bytes,
        iv: wrapped.iv,
        mac: wrapped.mac,
        ciphertext: wrapped.ciphertext,
        unwrapped: await provider.unwrapKey(wrapped, secret),
        body,
        plaintext: await provider.decryptBody({ key: contentKey, nonce, aad: data }, body),
      };
      await provider.verify(key, 'SHA-512', data, signature);

      expect(given.map(bytesToHex)).toEqual(before);
      const entries = Object.entries(results);
      expect(entries.filter(([, bytes]) => Object.getPrototypeOf(bytes) !== Uint8Array.prototype)).toEqual([]);
      const buffers = [...entries.map(([, bytes]) => bytes.buffer), ...given.map((bytes) => bytes.buffer)];
      expect(new Set(buffers).size).toBe(buffers.length);
      // A small Buffer of Node is a window onto 8 KiB that others write to.
      expect(entries.filter(([, bytes]) => bytes.buffer.byteLength > 2 * bytes.byteLength + 16)).toEqual([]);
    });
  });
}

/** One error, and nothing in it that tells what failed. */
async function expectUndecryptable(attempt: Promise<unknown>): Promise<void> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isSdkError(error, 'envelope/undecryptable')).toBe(true);
  const { details, cause } = error as SdkError;
  expect({ details, cause }).toEqual({ details: {}, cause: undefined });
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
}

function countDistinct(values: readonly Uint8Array[]): number {
  return new Set(values.map(bytesToHex)).size;
}

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

function bigEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(bytes)}`);
}

function littleEndian(bytes: Uint8Array): bigint {
  return bigEndian(bytes.toReversed());
}

function bigEndianBytes(value: bigint): Uint8Array {
  return hexToBytes(value.toString(16).padStart(64, '0'));
}

function readEcdsa(signature: Uint8Array): { r: bigint; s: bigint } {
  const end = 4 + signature[3]!;
  return { r: bigEndian(signature.subarray(4, end)), s: bigEndian(signature.subarray(end + 2)) };
}

function writeEcdsa(r: bigint, s: bigint): Uint8Array {
  const integers = [r, s].map((value) => {
    const digits = value.toString(16);
    const bytes = hexToBytes(digits.padStart(digits.length + (digits.length % 2), '0'));
    return bytes[0]! >= 0x80
      ? Uint8Array.of(2, bytes.length + 1, 0, ...bytes)
      : Uint8Array.of(2, bytes.length, ...bytes);
  });
  const content = concatBytes(...integers);
  return concatBytes(Uint8Array.of(0x30, content.length), content);
}

/** Points of order 1, 2, 4 and 8 of Curve25519 and its twist, and two that name the first two once more (RFC 7748 §6.1). */
const SMALL_ORDER_U = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

/** The eight points of small order on the other form of the curve, and one encoding that is not canonical. */
const SMALL_ORDER_POINTS = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

/** What a careless implementation would open: `contentKey` under the keys that a shared secret of zeros gives. */
function wrappedUnderZero(ephemeral: PublicComponent): WrappedKey {
  const { iv, mac, ciphertext } = ZERO_SECRET;
  return { kind: 'ecies', ephemeral, iv: hexToBytes(iv), mac: hexToBytes(mac), ciphertext: hexToBytes(ciphertext) };
}

const ZERO_SECRET = {
  iv: '05050505050505050505050505050505',
  mac: 'acbedd2f4c3241cbb31439a28abc1f0dbb8077641ecbb9ec4257529eaf9b9071b06c68f2271799042b1acb009f41cc08',
  ciphertext: '6e3a346201c417f2e4cc711e6ab25bd4ff16993fedab7ba981f561574fd79ad447fa123ba21e66b4f962a1f249e182fa',
};

/** A key that is a point of the prime order plus one of order 8, and signatures over SHA-512 of the message. */
const MIXED_ORDER = {
  key: 'ef2a32ce8d9c67056724a53f63c0c182a6e021dc6e708741f63a7d50c730982c',
  message: 'a key with a part of small order',
  goodEitherWay:
    'eb1e961f28c5425dea2d9276f02b256da63985525229bbc5839947e1e140870b' +
    '186252b3b9763e9e3a542cd815b359db73c70663d9dd30318d85004e1f338407',
  goodWithCofactor:
    '6ca1c307ac043c0d743a4f2653c94315543fbbdb5fa24c20489a02ff803bc234' +
    'be3d30352df646eb895b92f2b1e3691456f145b004d9d25f6ec6e76be7b84c07',
};

/** RSA-2048, PKCS#8: the key "rsa1" of vectors/formats/known-answers.json. */
const RSA_KEY = [
  'MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC/fhRXGEyNiuzrRO52SiUIx5qiT95fAYdgNqwMVwGZS9WZFbpxT4aB6TCrmF',
  'uFEtpLXlhHkE01lYzlaLjKyqJUqYDSW2g+NikhmqXqdSBbpVbIitab4GIzavifXL2dwcYsEprmz6kbMkuE0vtwT1j+6KP3daBBVDgLtzPMgwbD',
  'LPL8rYNesJWK3yPsAO9Lp9nkecnP37kobnBo8k/tiY5SzQAg33RacvUw+twtt+vXOpSkQmAl+p4H9u7t3qL4gX1ecn1VtLrWZpW5WdnnTxIbdE',
  'bxIyXapQ08C+VRJGj7fLibILnpRwCVgTdKulgxkzKJljqyWXogdP9zGQVsdWtlAgMBAAECggEAHoh6Mkv10uDat4XRdwuJ/a0kByrwhFoQTaNS',
  'ChKqdti8aXEpPg2F3zuBLu83co/Hvlo//cMwyHE82sx4oJ8wRIsVdxUrmTXWF51axLhhzTMfFBFtOEQOLHArTe/B7UBbOqZJzDFC38sEdxyUCn',
  'ugb17FXD0FbT1CRX3z9LFUt/RxSdCGFFo0B2/4ZGsceAfQgcNUCz0peD2ybK//LLl6wfBQGpOk4b78ldeOQFanvGll0l6Iqkx0OhUh5g3183lj',
  'Mk7FPOdJAw5UQqkC+5p3m+UK8+HXud29sXCuWVtAiFdFsgPqoXVVidgmvwMEH6EYOShFfyNLoHLnQ9cyzGztcQKBgQDudQoxteCALS46IY+Sqh',
  'TCDujmxHuVn50AmbLN/sBDxrFo9oN2xmEcRnOUBM7YC7bFYSrz98a09jhd4RH90pE0ExFlH3f7YAmF9Zi3ghbDVvny/R20+4g7p6qzicIHxOfA',
  'CJHkcX3y+4SYbZJ312LYOpBogD2P1X90EbSvqO1W0QKBgQDNlIjk5xlDMUnBahQ/OUXQCMVvIsHk9+th5b1FvDsBkbXDQK7xQ75M5Q/YQsIiuA',
  'eH2wVEwTao46eNDu8mkuFCNBzoqzpUrboqU7xj9LNy4yh6Iq7eJZBmUnO1P1sIcqZv84ZyHll1MzMxtt1i5LuqVPz5NIiIoYKyo5GOJkQYVQKB',
  'gQDWSGzRwRwucutgp7oKVTb0MEvQ3G4mRdnjqTrJ7IzAGzRgG26F9L1dmF3SfQOXl+c1thzQQi/ZfI2op1HwoyGDB0OReNbsGSBVth73gTqNbY',
  'KNfjIM6iBBY2l9j2TCcIrFwa3A+M/y410DUSvW78HOh8ovblZkA7pWBnc1h3tIkQKBgQCS3VEqzhoTEYwSW9kZDa5dH1cEvTzteVuz9W9Q+Vbi',
  'GRlT4srX20CBKIc4RQDx0qy2lnZeFvYYk4JoWEnrMbUxGY+pfGHQisfbYzTL582m/rc1AcARPZ66Kp801Y0QLO/QPJZIwnvAKZKiKnRgKO4Ukm',
  'CjG6+KhG+ddRMQDTBKfQKBgEPLyGNln0uEO+q/96w188kEL84jXmVhzT9N/cJ5yutJ0FmMTzJXETt5ZpS+RqDnbYN1vI46gvQmCWv0dpc8+oUd',
  'b8fplgCbP4rQH+lGa0ooWwDyvzUMoSPI+2Nig7BkCtu9ubiHC2Na3bbpnD6ZyE1nExI9yeCrWTHpOBq3LyDF',
].join('');
