/** Keys that both sides hold: one of each type that reads and signs, and others that are written to beside it. */
import { generateKeyPair, importPrivateKey, type KeyType, type PrivateKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import type { Official } from './official.ts';
import { PROVIDERS, type ProviderName } from './ours.ts';

export interface SharedKey {
  readonly type: KeyType;
  /** DER, as it goes to the official library. */
  readonly privateDer: Uint8Array;
  readonly publicDer: Uint8Array;
  /** As each of our providers read it. */
  readonly ours: Readonly<Partial<Record<ProviderName, PrivateKey>>>;
}

export interface KeyRing {
  readonly keyOf: (type: KeyType) => SharedKey;
  /** Of all types, in turns. */
  readonly others: readonly SharedKey[];
}

// P-256 takes the official library ten times as long as the others.
const OTHER_TYPES = [
  'SECP256R1',
  'ED25519',
  'CURVE25519_ED25519',
  'CURVE25519',
  'ED25519',
  'RSA_2048',
  'CURVE25519',
  'CURVE25519_ED25519',
] as const satisfies readonly KeyType[];

export async function makeKeyRing(
  officials: readonly Official[],
  types: readonly KeyType[],
  providers: readonly ProviderName[],
): Promise<KeyRing> {
  const make = (type: KeyType, turn: number) => makeSharedKey(officials[turn % officials.length]!, type, providers);
  const own = new Map(await Promise.all(types.map(async (type, turn) => [type, await make(type, turn)] as const)));
  // RSA keys are dear: one of them serves in all turns.
  const rsa = await make('RSA_2048', 0);
  const others = await Promise.all(
    Array.from({ length: 20 }, (_, turn) => {
      const type = OTHER_TYPES[turn % OTHER_TYPES.length]!;
      return type === 'RSA_2048' ? rsa : make(type, turn);
    }),
  );
  return { keyOf: (type) => own.get(type)!, others };
}

/** A new key pair, made by the official library, but for RSA: that takes it seconds. */
export async function makeSharedKey(
  official: Official,
  type: KeyType,
  providers: readonly ProviderName[],
): Promise<SharedKey> {
  const privateDer = type.startsWith('RSA')
    ? (await generateKeyPair(nodeProvider, type)).privateKey.exportDer()
    : (await official.generateKey({ type })).privateKey;
  return shareKey(type, privateDer, providers);
}

export async function shareKey(
  type: KeyType,
  privateDer: Uint8Array,
  providers: readonly ProviderName[],
): Promise<SharedKey> {
  const read = await Promise.all(
    providers.map(async (name) => [name, await importPrivateKey(PROVIDERS[name], privateDer)] as const),
  );
  return { type, privateDer, publicDer: read[0]![1].publicKey.exportDer(), ours: Object.fromEntries(read) };
}
