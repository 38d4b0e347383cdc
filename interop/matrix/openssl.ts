/** Keys in the forms that the command `openssl` writes. */
import { execFileSync, spawnSync } from 'node:child_process';

/** Such as `OpenSSL 3.0.19`; undefined where there is none. */
export const openSslVersion = spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout?.match(/^\S+ \S+/)?.[0];

export interface KeyForm {
  readonly name: string;
  readonly half: 'private' | 'public';
  /** The arguments of `openssl` that write it, from the PEM of the key that it is given. */
  readonly args: readonly string[];
  /** `read`, or the code of our refusal. */
  readonly ours: string;
  /** What the official library does, in all releases. */
  readonly theirs: 'read' | 'refused';
}

export interface KeyForms {
  /** The arguments of `openssl genpkey -algorithm`. */
  readonly algorithm: readonly string[];
  readonly forms: readonly KeyForm[];
}

const read = { ours: 'read', theirs: 'read' } as const;
const refused = (code: string) => ({ ours: code, theirs: 'refused' }) as const;

const toDer = ['-outform', 'DER'];
const encrypted = ['-aes256', '-passout', 'pass:secret'];
// Of `openssl pkey`, DER is PKCS#8 for some types and their older form for others.
const toPkcs8Der = ['pkcs8', '-topk8', '-nocrypt', ...toDer];
const usual: readonly KeyForm[] = [
  { name: 'PKCS#8, DER', half: 'private', args: toPkcs8Der, ...read },
  { name: 'PKCS#8, PEM', half: 'private', args: ['pkey'], ...read },
  { name: 'SubjectPublicKeyInfo, DER', half: 'public', args: ['pkey', '-pubout', ...toDer], ...read },
  { name: 'SubjectPublicKeyInfo, PEM', half: 'public', args: ['pkey', '-pubout'], ...read },
  { name: 'PKCS#8, encrypted, PEM', half: 'private', args: ['pkey', ...encrypted], ...refused('key/malformed') },
];
const unused: readonly KeyForm[] = [
  { name: 'PKCS#8, DER', half: 'private', args: toPkcs8Der, ...refused('key/unsupported') },
  {
    name: 'SubjectPublicKeyInfo, DER',
    half: 'public',
    args: ['pkey', '-pubout', ...toDer],
    ...refused('key/unsupported'),
  },
];

export const KEY_FORMS: Readonly<Record<string, KeyForms>> = {
  Ed25519: { algorithm: ['ED25519'], forms: usual },
  X25519: { algorithm: ['X25519'], forms: usual },
  'P-256': {
    algorithm: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    forms: [
      { name: 'SEC 1, DER', half: 'private', args: ['ec', ...toDer], ...read },
      { name: 'SEC 1, PEM', half: 'private', args: ['ec'], ...read },
      ...usual.filter(({ half }) => half === 'public'),
      { name: 'PKCS#8, DER', half: 'private', args: toPkcs8Der, ...refused('key/unsupported') },
      { name: 'PKCS#8, PEM', half: 'private', args: ['pkey'], ...refused('key/unsupported') },
      { name: 'SEC 1, encrypted, PEM', half: 'private', args: ['ec', ...encrypted], ...refused('key/malformed') },
      {
        name: 'SEC 1 without its public half, DER',
        half: 'private',
        args: ['ec', '-no_public', ...toDer],
        ...refused('key/malformed'),
      },
      {
        name: 'SEC 1, its point compressed, DER',
        half: 'private',
        args: ['ec', '-conv_form', 'compressed', ...toDer],
        ours: 'key/invalid',
        theirs: 'read',
      },
      {
        name: 'SEC 1, its curve spelled out, DER',
        half: 'private',
        args: ['ec', '-param_enc', 'explicit', ...toDer],
        ...refused('key/unsupported'),
      },
      {
        name: 'SubjectPublicKeyInfo, its point compressed, DER',
        half: 'public',
        args: ['ec', '-pubout', '-conv_form', 'compressed', ...toDer],
        ...refused('key/malformed'),
      },
    ],
  },
  RSA: {
    algorithm: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
    forms: [
      ...usual,
      { name: 'PKCS#1, DER', half: 'private', args: ['rsa', '-traditional', ...toDer], ...refused('key/malformed') },
      {
        name: 'PKCS#1, DER',
        half: 'public',
        args: ['rsa', '-RSAPublicKey_out', ...toDer],
        ...refused('key/malformed'),
      },
    ],
  },
  'RSA with e = 3': {
    algorithm: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-pkeyopt', 'rsa_keygen_pubexp:3'],
    forms: usual.slice(0, 4),
  },
  'RSA of 2056 bits': { algorithm: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2056'], forms: usual.slice(0, 4) },
  'RSA of three primes': {
    algorithm: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-pkeyopt', 'rsa_keygen_primes:3'],
    forms: [{ ...usual[0]!, ...refused('key/malformed') }, usual[2]!],
  },
  'RSA for PSS alone': { algorithm: ['RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'], forms: unused },
  'P-384': { algorithm: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-384'], forms: unused },
  Ed448: { algorithm: ['ED448'], forms: unused },
  X448: { algorithm: ['X448'], forms: unused },
};

/** A new key, in PEM. */
export function makeKey({ algorithm }: KeyForms): Buffer {
  return openssl(['genpkey', '-algorithm', ...algorithm]);
}

export function writeKey(key: Buffer, { args }: KeyForm): Buffer {
  return openssl(args, key);
}

function openssl(args: readonly string[], input?: Uint8Array): Buffer {
  // What it says while it looks for primes is of no interest.
  return execFileSync('openssl', args, { input: input ?? '', stdio: ['pipe', 'pipe', 'ignore'] });
}
