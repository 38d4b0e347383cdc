/**
 * Tokens: JWTs with which a client shows the service who it is. The app's backend signs them with its App Key in the signature
 * format of this package (`alg` VEDS512), which no general JWT library knows. Source: docs/spec/token.md.
 */
import { bytesToUtf8, utf8ToBytes } from '../encoding/bytes.ts';
import { base64UrlToBytes, bytesToBase64Url } from '../encoding/text.ts';
import { coreError, isSdkError } from '../errors.ts';
import type { PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { sign, verify } from '../signature/signature.ts';

const HEADER = { alg: 'VEDS512', typ: 'JWT', cty: 'virgil-jwt;v=1' } as const;
const ISSUER_PREFIX = 'virgil-';
const SUBJECT_PREFIX = 'identity-';
const MAX_LENGTH = 16 * 1024;

/** What a token says, signature not yet checked. Times are seconds since 1970. */
export interface Token {
  readonly appId: string;
  readonly appKeyId: string;
  readonly identity: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Fields of the application (`ada`); the service does not use them. */
  readonly additionalData?: Readonly<Record<string, unknown>> | undefined;
  readonly text: string;
}

export interface IssueTokenOptions {
  readonly appId: string;
  readonly appKeyId: string;
  readonly appKey: PrivateKey;
  readonly identity: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly ttlSeconds: number;
  readonly additionalData?: Readonly<Record<string, string>> | undefined;
}

/** A signed token. @throws `key/cannot-sign` */
export async function issueToken(provider: CryptoProvider, options: IssueTokenOptions): Promise<string> {
  const { appId, appKeyId, appKey, identity, issuedAt, ttlSeconds, additionalData } = options;
  const header = { alg: HEADER.alg, kid: appKeyId, typ: HEADER.typ, cty: HEADER.cty };
  const claims = {
    iss: ISSUER_PREFIX + appId,
    sub: SUBJECT_PREFIX + identity,
    iat: issuedAt,
    exp: issuedAt + ttlSeconds,
    ...(additionalData ? { ada: additionalData } : {}),
  };
  const signedText = `${encodePart(header)}.${encodePart(claims)}`;
  return `${signedText}.${bytesToBase64Url(await sign(provider, appKey, utf8ToBytes(signedText)))}`;
}

/** Reads a token without believing it. @throws `token/malformed`, `token/wrong-header`, `token/wrong-claims` */
export function parseToken(text: string): Token {
  const parts = text.length <= MAX_LENGTH ? text.split('.') : [];
  if (parts.length !== 3) throw coreError('token/malformed');
  const header = decodePart(parts[0]!);
  const claims = decodePart(parts[1]!);
  decodeBase64Url(parts[2]!);
  if (header.alg !== HEADER.alg || header.typ !== HEADER.typ || header.cty !== HEADER.cty || !isText(header.kid)) {
    throw coreError('token/wrong-header');
  }
  const { iss, sub, iat, exp, ada } = claims;
  const appId = withoutPrefix(iss, ISSUER_PREFIX);
  const identity = withoutPrefix(sub, SUBJECT_PREFIX);
  if (!appId || !identity || !isSeconds(iat) || !isSeconds(exp)) throw coreError('token/wrong-claims');
  if (ada !== undefined && ada !== null && (typeof ada !== 'object' || Array.isArray(ada))) {
    throw coreError('token/wrong-claims');
  }
  const additionalData = (ada as Record<string, unknown> | null) ?? undefined;
  return { appId, appKeyId: header.kid, identity, issuedAt: iat, expiresAt: exp, additionalData, text };
}

/**
 * That the holder of the App Key has signed the token, and then that it has not expired.
 * `now` is in seconds since 1970; a token is good until its `expiresAt` plus `leewaySeconds`.
 * @throws `token/bad-signature`, `token/expired`
 */
export async function verifyToken(
  provider: CryptoProvider,
  token: Pick<Token, 'text' | 'expiresAt'>,
  {
    publicKey,
    now,
    leewaySeconds = 0,
  }: {
    readonly publicKey: PublicKey;
    readonly now: number;
    readonly leewaySeconds?: number | undefined;
  },
): Promise<void> {
  const cut = token.text.lastIndexOf('.');
  const signature = decodeBase64Url(token.text.slice(cut + 1));
  try {
    const isGood = await verify(provider, publicKey, utf8ToBytes(token.text.slice(0, cut)), signature);
    if (!isGood) throw coreError('token/bad-signature');
  } catch (error) {
    if (isSdkError(error, 'signature/malformed')) throw coreError('token/bad-signature', { cause: error });
    throw error;
  }
  if (isExpired(token, now - leewaySeconds)) throw coreError('token/expired');
}

/** `now` in seconds since 1970. */
export function isExpired(token: Pick<Token, 'expiresAt'>, now: number): boolean {
  return token.expiresAt < now;
}

function encodePart(value: object): string {
  return bytesToBase64Url(utf8ToBytes(JSON.stringify(value)));
}

function decodePart(part: string): Record<string, unknown> {
  const bytes = decodeBase64Url(part);
  try {
    const value = JSON.parse(bytesToUtf8(bytes)) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Without the cause: JSON.parse quotes the text that it cannot read.
  }
  throw coreError('token/malformed');
}

function decodeBase64Url(text: string): Uint8Array {
  try {
    return base64UrlToBytes(text);
  } catch (cause) {
    throw coreError('token/malformed', { cause });
  }
}

function withoutPrefix(value: unknown, prefix: string): string | undefined {
  return typeof value === 'string' && value.startsWith(prefix) ? value.slice(prefix.length) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
