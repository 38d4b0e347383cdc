/**
 * Private keys in the forms that the official clients write: PKCS#8 version 1, and SEC 1 for P-256; DER or PEM, never
 * encrypted. PKCS#8 with attributes or a public key, and P-256 inside PKCS#8, are refused as they refuse them.
 */
import { compareBytes, equalBytes } from '../encoding/bytes.ts';
import {
  contextTag,
  DerReader,
  der,
  derBits,
  derError,
  derInteger,
  derOctets,
  derSequence,
  derUnsigned,
  readUnsigned,
  TAG,
} from '../encoding/der.ts';
import { looksLikePem, pemToDer } from '../encoding/pem.ts';
import { hexToBytes } from '../encoding/text.ts';
import { coreError, isSdkError } from '../errors.ts';
import type { CryptoProvider, PrivateComponent, PublicComponent } from '../provider/port.ts';
import { ALGORITHM, isPostQuantum, readCompound } from './algorithms.ts';
import { checkComponent, checkRsaPrivate } from './checks.ts';
import { compoundPublicKeyOf, importPublicKey, publicKeyOf } from './import-public.ts';
import { PrivateKey } from './key.ts';

const MAX_LENGTH = 64 * 1024;
const P256_PARAMETERS = hexToBytes('06082a8648ce3d030107');

/**
 * A private key from DER or PEM bytes.
 * @throws `key/malformed`, `key/invalid`, `key/unsupported` (post-quantum compounds among them: their public half cannot be computed)
 */
export async function importPrivateKey(provider: CryptoProvider, bytes: Uint8Array): Promise<PrivateKey> {
  try {
    return await readPrivateKey(provider, looksLikePem(bytes) ? pemToDer(bytes) : bytes);
  } catch (error) {
    if (isSdkError(error) && !error.code.startsWith('encoding/')) throw error;
    throw coreError('key/malformed', { cause: error });
  }
}

/** The key of one component, whose public half is computed. @throws `key/invalid` */
export async function privateKeyOf(provider: CryptoProvider, component: PrivateComponent): Promise<PrivateKey> {
  const publicComponent = await provider.toPublic(component);
  checkComponent(publicComponent);
  const publicKey = publicKeyOf(publicComponent);
  const signing = publicKey.canSign ? component : undefined;
  return new PrivateKey({ der: encode(component, publicComponent), publicKey, agreement: component, signing });
}

/** The compound of two components. */
export async function compoundPrivateKeyOf(
  provider: CryptoProvider,
  agreement: PrivateComponent,
  signing: PrivateComponent,
): Promise<PrivateKey> {
  const publicAgreement = await provider.toPublic(agreement);
  const publicSigning = await provider.toPublic(signing);
  checkComponent(publicAgreement);
  checkComponent(publicSigning);
  const halves = derSequence(derOctets(agreement.secret), derOctets(signing.secret));
  return new PrivateKey({
    der: derSequence(derInteger(0), ALGORITHM.compound, derOctets(halves)),
    publicKey: compoundPublicKeyOf(publicAgreement, publicSigning),
    agreement,
    signing,
  });
}

function encode(component: PrivateComponent, publicComponent: PublicComponent): Uint8Array {
  switch (component.kind) {
    case 'ed25519':
      return derSequence(derInteger(0), ALGORITHM.ed25519, derOctets(derOctets(component.secret)));
    case 'x25519':
      return derSequence(derInteger(0), ALGORITHM.x25519, derOctets(derOctets(component.secret)));
    case 'p256':
      return derSequence(
        derInteger(1),
        derOctets(component.secret),
        der(contextTag(0), P256_PARAMETERS),
        der(contextTag(1), derBits(publicComponent.bytes)),
      );
    case 'rsa':
      return component.secret;
  }
}

async function readPrivateKey(provider: CryptoProvider, bytes: Uint8Array): Promise<PrivateKey> {
  if (bytes.length > MAX_LENGTH) throw derError();
  const whole = new DerReader(bytes);
  const outer = whole.enter(TAG.sequence);
  whole.end();
  const version = outer.integer();
  if (version === 1 && outer.peek() === TAG.octetString) return readSec1(provider, outer);
  if (version !== 0) throw derError();

  const algorithm = outer.element(TAG.sequence);
  const content = outer.read(TAG.octetString);
  outer.end();
  if (compareBytes(algorithm, ALGORITHM.ed25519) === 0) return readRaw(provider, 'ed25519', content);
  if (compareBytes(algorithm, ALGORITHM.x25519) === 0) return readRaw(provider, 'x25519', content);
  if (compareBytes(algorithm, ALGORITHM.compound) === 0) return readCompoundKey(provider, content);
  if (compareBytes(algorithm, ALGORITHM.rsa) === 0) return readRsa(provider, content);
  if (isPostQuantum(algorithm)) throw coreError('key/unsupported', { details: { type: 'POST_QUANTUM_COMPOUND' } });
  if (compareBytes(algorithm, ALGORITHM.p256) === 0) {
    throw coreError('key/unsupported', { details: { reason: 'P-256 private keys are read in SEC 1 form alone' } });
  }
  throw coreError('key/unsupported');
}

async function readRaw(provider: CryptoProvider, kind: 'ed25519' | 'x25519', content: Uint8Array): Promise<PrivateKey> {
  const whole = new DerReader(content);
  const secret = whole.read(TAG.octetString).slice();
  whole.end();
  if (secret.length !== 32) throw derError();
  return privateKeyOf(provider, { kind, secret });
}

async function readCompoundKey(provider: CryptoProvider, content: Uint8Array): Promise<PrivateKey> {
  const { cipher, signer } = readCompound(content);
  if (cipher.length !== 32 || signer.length !== 32) throw derError();
  return compoundPrivateKeyOf(provider, { kind: 'x25519', secret: cipher }, { kind: 'ed25519', secret: signer });
}

/** RFC 5915, with both optional fields; the public point must be that of the scalar. */
async function readSec1(provider: CryptoProvider, outer: DerReader): Promise<PrivateKey> {
  const secret = outer.read(TAG.octetString).slice();
  const parameters = outer.read(contextTag(0));
  const point = outer.enter(contextTag(1));
  const bits = point.read(TAG.bitString);
  point.end();
  outer.end();
  if (compareBytes(parameters, P256_PARAMETERS) !== 0) throw coreError('key/unsupported');
  if (secret.length !== 32 || bits[0] !== 0) throw derError();
  const component: PrivateComponent = { kind: 'p256', secret };
  const publicComponent = await provider.toPublic(component);
  if (!equalBytes(publicComponent.bytes, bits.subarray(1))) {
    throw coreError('key/invalid', { details: { reason: 'the public half belongs to another key' } });
  }
  return privateKeyOf(provider, component);
}

async function readRsa(provider: CryptoProvider, content: Uint8Array): Promise<PrivateKey> {
  const whole = new DerReader(content);
  const fields = whole.enter(TAG.sequence);
  whole.end();
  if (fields.integer() !== 0) throw derError();
  const numbers = Array.from({ length: 8 }, () => readUnsigned(fields));
  fields.end();
  checkRsaPrivate(numbers);
  const key = derSequence(derInteger(0), ...numbers.map(derUnsigned));
  const component: PrivateComponent = {
    kind: 'rsa',
    secret: derSequence(derInteger(0), ALGORITHM.rsa, derOctets(key)),
  };
  const publicComponent = await provider.toPublic(component);
  const publicKey = importPublicKey(publicComponent.bytes);
  return new PrivateKey({ der: component.secret, publicKey, agreement: component, signing: component });
}
