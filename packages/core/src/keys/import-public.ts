/** Public keys: SubjectPublicKeyInfo, DER or PEM, in the forms of docs/spec/keys.md §1. */
import { compareBytes } from '../encoding/bytes.ts';
import {
  DerReader,
  derBits,
  derError,
  derOctets,
  derSequence,
  derUnsigned,
  readUnsigned,
  TAG,
} from '../encoding/der.ts';
import { looksLikePem, pemToDer } from '../encoding/pem.ts';
import { coreError, isSdkError } from '../errors.ts';
import type { PublicComponent } from '../provider/port.ts';
import { ALGORITHM, isPostQuantum, readCompound } from './algorithms.ts';
import { checkComponent, checkRsaPublic } from './checks.ts';
import { type KeyType, type MetKeyType, PublicKey } from './key.ts';

const MAX_LENGTH = 64 * 1024;

/** Keys of one component: the type, its AlgorithmIdentifier, and the length of what stands in the BIT STRING. */
const SINGLE = [
  { type: 'ED25519', algorithm: ALGORITHM.ed25519, kind: 'ed25519', length: 32 },
  { type: 'CURVE25519', algorithm: ALGORITHM.x25519, kind: 'x25519', length: 32 },
  { type: 'SECP256R1', algorithm: ALGORITHM.p256, kind: 'p256', length: 65 },
] as const;

/**
 * A public key from DER or PEM bytes. A post-quantum compound is identified and kept; it can neither encrypt nor verify.
 * @throws `key/malformed`, `key/invalid`, `key/unsupported`
 */
export function importPublicKey(bytes: Uint8Array): PublicKey {
  try {
    return readPublicKey(looksLikePem(bytes) ? pemToDer(bytes) : bytes);
  } catch (error) {
    if (isSdkError(error) && !error.code.startsWith('encoding/')) throw error;
    throw coreError('key/malformed', { cause: error });
  }
}

/** The key of one checked component. */
export function publicKeyOf(component: PublicComponent): PublicKey {
  if (component.kind === 'rsa') return importPublicKey(component.bytes);
  const { type, algorithm } = SINGLE.find((row) => row.kind === component.kind)!;
  const signing = type === 'CURVE25519' ? undefined : component;
  const der = derSequence(algorithm, derBits(component.bytes));
  return new PublicKey({ type, der, algorithm, agreement: component, signing });
}

/** The compound of two checked components. */
export function compoundPublicKeyOf(agreement: PublicComponent, signing: PublicComponent): PublicKey {
  const der = derSequence(
    ALGORITHM.compound,
    derBits(derSequence(derOctets(agreement.bytes), derOctets(signing.bytes))),
  );
  return new PublicKey({ type: 'CURVE25519_ED25519', der, algorithm: ALGORITHM.compound, agreement, signing });
}

/** `RSA_2048` and its like for the sizes that have a name, else `RSA`. */
function rsaType(bits: number): MetKeyType {
  const named: KeyType[] = ['RSA_2048', 'RSA_3072', 'RSA_4096'];
  return named.find((type) => type === `RSA_${bits}`) ?? 'RSA';
}

function readPublicKey(der: Uint8Array): PublicKey {
  if (der.length > MAX_LENGTH) throw derError();
  const whole = new DerReader(der);
  const outer = whole.enter(TAG.sequence);
  whole.end();
  const algorithm = outer.element(TAG.sequence);
  const bits = outer.read(TAG.bitString);
  outer.end();
  if (bits[0] !== 0) throw derError();
  const content = bits.slice(1);

  const single = SINGLE.find((row) => compareBytes(row.algorithm, algorithm) === 0);
  if (single) {
    if (content.length !== single.length) throw derError();
    const component = { kind: single.kind, bytes: content };
    checkComponent(component);
    return publicKeyOf(component);
  }
  if (compareBytes(algorithm, ALGORITHM.rsa) === 0) return readRsa(content);
  if (compareBytes(algorithm, ALGORITHM.compound) === 0) return readCompoundKey(content);
  if (isPostQuantum(algorithm)) return readPostQuantum(der.slice(), algorithm.slice(), content);
  throw coreError('key/unsupported');
}

function readRsa(content: Uint8Array): PublicKey {
  const whole = new DerReader(content);
  const numbers = whole.enter(TAG.sequence);
  whole.end();
  const modulus = readUnsigned(numbers);
  const exponent = readUnsigned(numbers);
  numbers.end();
  const bits = checkRsaPublic(modulus, exponent);
  const der = derSequence(ALGORITHM.rsa, derBits(derSequence(derUnsigned(modulus), derUnsigned(exponent))));
  const component: PublicComponent = { kind: 'rsa', bytes: der };
  return new PublicKey({
    type: rsaType(bits),
    der,
    algorithm: ALGORITHM.rsa,
    agreement: component,
    signing: component,
  });
}

function readCompoundKey(content: Uint8Array): PublicKey {
  const { cipher, signer } = readCompound(content);
  if (cipher.length !== 32 || signer.length !== 32) throw derError();
  const agreement: PublicComponent = { kind: 'x25519', bytes: cipher };
  const signing: PublicComponent = { kind: 'ed25519', bytes: signer };
  checkComponent(agreement);
  checkComponent(signing);
  return compoundPublicKeyOf(agreement, signing);
}

/** The signer is a hybrid `SEQ{OCT ed25519, OCT falcon}`. Its parts are not checked further: the key is not used. */
function readPostQuantum(der: Uint8Array, algorithm: Uint8Array, content: Uint8Array): PublicKey {
  const { cipher, signer } = readCompound(content);
  const canonical = derSequence(algorithm, derBits(derSequence(derOctets(cipher), derOctets(signer))));
  if (compareBytes(canonical, der) !== 0) throw derError();
  const whole = new DerReader(signer);
  const hybrid = whole.enter(TAG.sequence);
  whole.end();
  const half = hybrid.read(TAG.octetString).slice();
  hybrid.read(TAG.octetString);
  hybrid.end();
  if (half.length !== 32) throw derError();
  const ed25519Half: PublicComponent = { kind: 'ed25519', bytes: half };
  checkComponent(ed25519Half);
  return new PublicKey({ type: 'POST_QUANTUM_COMPOUND', der, algorithm, ed25519Half });
}
