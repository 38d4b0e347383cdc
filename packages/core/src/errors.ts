/**
 * The errors of this package in one table (those of backups and safety numbers, which are loaded when used, have their own beside them), and the base class of all errors of Sotto. `family` says who has to act:
 * `usage` the caller, `validation` the data or the peer who sent it, `crypto` whoever holds the keys, `storage` and
 * `transport` the surroundings, `internal` us. Messages hold no key, token, password, plaintext or identity.
 */
export type ErrorFamily = 'usage' | 'validation' | 'crypto' | 'storage' | 'transport' | 'internal';

export interface SdkErrorOptions {
  readonly code: string;
  readonly family: ErrorFamily;
  readonly message: string;
  /** Name of the class, `SdkError` unless given: as text, since a minifier renames classes. */
  readonly name?: string | undefined;
  /** Facts for a program: may hold identities and paths, never secrets. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** An app may hold two copies of this package, such as one inside each of two packages of ours: their errors know each other by this. */
const BRAND = Symbol.for('sotto.SdkError');

/** The base of every error that Sotto throws on purpose. Switch on `code`: it is stable, the text is not. */
export class SdkError extends Error {
  readonly code: string;
  readonly family: ErrorFamily;
  readonly details: Readonly<Record<string, unknown>>;

  constructor({ code, family, message, name = 'SdkError', details = {}, cause }: SdkErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = name;
    this.code = code;
    this.family = family;
    this.details = details;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

interface ErrorRow {
  readonly family: ErrorFamily;
  readonly message: string;
}

export const CORE_ERRORS = {
  'encoding/base64': { family: 'validation', message: 'Not standard base64 with padding.' },
  'encoding/hex': { family: 'validation', message: 'Not hexadecimal text of even length.' },
  'encoding/utf8': { family: 'validation', message: 'The bytes are not UTF-8 text. Ask for bytes instead of text.' },
  'encoding/der': { family: 'validation', message: 'The bytes are not the DER structure that belongs here.' },
  'encoding/pem': { family: 'validation', message: 'Not one PEM block.' },

  'key/malformed': {
    family: 'validation',
    message: 'Not a key in a form that is understood: pass DER or PEM (SPKI, PKCS#8, SEC 1).',
  },
  'key/invalid': {
    family: 'validation',
    message: 'The key fails its checks (range, curve, small order). Do not use it; ask its owner for another.',
  },
  'key/unsupported': { family: 'usage', message: 'This kind of key cannot be used here.' },
  'key/cannot-sign': { family: 'usage', message: 'A CURVE25519 key only agrees on secrets. Sign with an ED25519 key.' },
  'key/material-length': { family: 'usage', message: 'Key material must have 32 to 512 bytes.' },

  'signature/malformed': { family: 'validation', message: 'The bytes are not a signature in the expected form.' },

  'envelope/malformed': {
    family: 'validation',
    message: 'The data is not an encrypted message, or only a part of one.',
  },
  'envelope/unsupported': {
    family: 'validation',
    message: 'The message uses an algorithm or version that is not supported.',
  },
  'envelope/no-recipients': { family: 'usage', message: 'Name at least one recipient.' },
  'envelope/too-large': {
    family: 'usage',
    message:
      'A signed message holds less than 4 GiB, a stream less than 64 GiB, for at most some 16,000 recipients. Split it.',
  },
  'envelope/not-a-recipient': {
    family: 'crypto',
    message:
      'The message is not encrypted for any key on this device. Ask for a new one, or open it where the former key is.',
  },
  'envelope/undecryptable': {
    family: 'crypto',
    message: 'The message cannot be decrypted: it was altered or made for another key.',
  },
  'envelope/not-signed': {
    family: 'crypto',
    message: 'The message has no signature of the expected kind. Use the call that matches its mode.',
  },
  'envelope/other-signer': {
    family: 'crypto',
    message: 'The message was signed by somebody else than the given sender.',
  },
  'envelope/bad-signature': {
    family: 'crypto',
    message: 'The signature does not fit the message and the given sender. Do not trust the content.',
  },

  'card/malformed': { family: 'validation', message: 'Not a card in the expected form.' },
  'card/bad-self-signature': { family: 'crypto', message: 'The card is not signed by its own key. Do not use it.' },
  'card/missing-service-signature': {
    family: 'crypto',
    message: 'The card lacks the signature of the service. Do not use it; check servicePublicKey and apiUrl.',
  },
  'card/bad-service-signature': {
    family: 'crypto',
    message: 'The card is not signed by the pinned service key. Do not use it; check servicePublicKey and apiUrl.',
  },
  'card/unsupported-key': {
    family: 'validation',
    message: 'The card holds a kind of key that cannot be encrypted to. Its owner must register with an ED25519 key.',
  },

  'token/malformed': { family: 'validation', message: 'Not a token: three base64url parts with JSON are expected.' },
  'token/wrong-header': {
    family: 'validation',
    message: 'The token header must have alg VEDS512, typ JWT, cty virgil-jwt;v=1 and a kid.',
  },
  'token/wrong-claims': {
    family: 'validation',
    message: 'The token needs iss "virgil-<app id>", sub "identity-<identity>", iat and exp in whole seconds.',
  },
  'token/bad-signature': { family: 'crypto', message: 'The token is not signed by its App Key.' },
  'token/expired': { family: 'usage', message: 'The token has expired. Fetch a new one from the backend of the app.' },
} as const satisfies Record<string, ErrorRow>;

export type CoreErrorCode = keyof typeof CORE_ERRORS;

/** Makes the error of a row of `CORE_ERRORS`. */
export function coreError(
  code: CoreErrorCode,
  options: { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
): SdkError {
  return new SdkError({ code, ...CORE_ERRORS[code], ...options });
}

/** Whether a caught value is an error of Sotto, of this code if one is given. */
export function isSdkError(value: unknown, code?: string): value is SdkError {
  if (typeof value !== 'object' || value === null || !(BRAND in value)) return false;
  return code === undefined || (value as Partial<SdkError>).code === code;
}
