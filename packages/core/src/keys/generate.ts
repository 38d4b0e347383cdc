/** New key pairs: from the platform's randomness, or always the same ones from key material. */
import { coreError } from '../errors.ts';
import type { ComponentKind, CryptoProvider, PrivateComponent } from '../provider/port.ts';
import { compoundPrivateKeyOf, importPrivateKey, privateKeyOf } from './import-private.ts';
import type { KeyPair, KeyType, PrivateKey } from './key.ts';

const SINGLE_KIND: Partial<Record<KeyType, ComponentKind>> = {
  ED25519: 'ed25519',
  CURVE25519: 'x25519',
  SECP256R1: 'p256',
};

/** A fresh key pair. @throws `key/unsupported` for a type that this platform cannot make */
export async function generateKeyPair(provider: CryptoProvider, type: KeyType = 'ED25519'): Promise<KeyPair> {
  const kind = SINGLE_KIND[type];
  if (kind) return toPair(await privateKeyOf(provider, await provider.generateKey(kind)));
  switch (type) {
    case 'CURVE25519_ED25519':
      return toPair(
        await compoundPrivateKeyOf(
          provider,
          await provider.generateKey('x25519'),
          await provider.generateKey('ed25519'),
        ),
      );
    case 'RSA_2048':
    case 'RSA_3072':
    case 'RSA_4096': {
      const { secret } = await provider.generateKey('rsa', Number(type.slice(4)));
      return toPair(await importPrivateKey(provider, secret));
    }
    default:
      throw coreError('key/unsupported', { details: { type } });
  }
}

/**
 * The key pair that belongs to `material` (32 to 512 bytes), the same in every implementation. Source: docs/spec/keys.md §5.
 * @throws `key/material-length`, `key/unsupported` for RSA
 */
export async function keyPairFromMaterial(
  provider: CryptoProvider,
  material: Uint8Array,
  type: KeyType = 'ED25519',
): Promise<KeyPair> {
  // Loaded when used: a page that makes no keys from material needs no AES of noble.
  const { createMaterialGenerator } = await import('./material.ts');
  const next = createMaterialGenerator(material);
  const kind = SINGLE_KIND[type];
  if (kind === 'p256') return toPair(await privateKeyOf(provider, { kind, secret: nextScalar(next) }));
  if (kind) return toPair(await privateKeyOf(provider, { kind, secret: next(32) }));
  if (type === 'CURVE25519_ED25519') {
    const agreement: PrivateComponent = { kind: 'x25519', secret: next(32) };
    const signing: PrivateComponent = { kind: 'ed25519', secret: next(32) };
    return toPair(await compoundPrivateKeyOf(provider, agreement, signing));
  }
  throw coreError('key/unsupported', { details: { type } });
}

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** 32 bytes at a time until they are a scalar of P-256. */
function nextScalar(next: (length: number) => Uint8Array): Uint8Array {
  for (;;) {
    const bytes = next(32);
    const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    if (value > 0n && value < P256_ORDER) return bytes;
  }
}

function toPair(privateKey: PrivateKey): KeyPair {
  return { publicKey: privateKey.publicKey, privateKey };
}
