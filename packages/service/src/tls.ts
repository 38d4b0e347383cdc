/**
 * The certificate and its key, from two PEM files, and the settings for TLS 1.2 and 1.3: suites with forward secrecy and
 * authenticated encryption alone (RFC 9325 §4.2). The files are read again when they change; a pair that cannot be used
 * is never taken over.
 */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Logger } from 'pino';
import { startError } from './start-error.ts';

export interface TlsFiles {
  /** The certificate, and after it those that lead to its root. */
  readonly certFile: string;
  readonly keyFile: string;
}

export interface TlsPair {
  /** For a server's secure context. */
  readonly context: SecureContextOptions;
  /** When the certificate ends, milliseconds since 1970. */
  readonly endsAt: number;
  /** As they were read. */
  readonly texts: PairTexts;
}

export interface TlsWatch {
  /** Reads the files at once. */
  readAgain(): void;
  close(): void;
}

/** TLS 1.3, then 1.2. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

const CHECK_MILLISECONDS = 10_000;

/** @throws `tls/unreadable`, `tls/mismatch` */
export function readTlsPair(files: TlsFiles): TlsPair {
  return parsePair(readTexts(files), files);
}

/**
 * Looks at the files again and again, and hands on each new pair that can be used. One that changes is waited for until it
 * no longer does, since a certificate and its key are seldom replaced at one stroke.
 */
export function watchTlsPair(
  files: TlsFiles,
  {
    taken: { texts: firstTexts },
    onPair,
    logger,
    checkMilliseconds = CHECK_MILLISECONDS,
  }: {
    /** The one that is used already. */
    readonly taken: TlsPair;
    readonly onPair: (pair: TlsPair) => void;
    readonly logger: Logger;
    readonly checkMilliseconds?: number | undefined;
  },
): TlsWatch {
  let taken = firstTexts;
  let last = taken;
  const take = (texts: PairTexts) => {
    taken = texts;
    try {
      const pair = parsePair(texts, files);
      onPair(pair);
      logger.info({ file: files.certFile, endsAt: new Date(pair.endsAt).toISOString() }, 'took the certificate anew');
    } catch (error) {
      logger.error({ err: error }, 'the new certificate cannot be used: the one before it stays');
    }
  };
  const check = () => {
    const texts = readTexts(files);
    if (!isSame(texts, taken) && isSame(texts, last)) take(texts);
    last = texts;
  };
  const timer = setInterval(check, checkMilliseconds).unref();
  return {
    readAgain: () => take((last = readTexts(files))),
    close: () => clearInterval(timer),
  };
}

/** Undefined for a file that cannot be read. */
interface PairTexts {
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

function parsePair({ cert, key }: PairTexts, { certFile, keyFile }: TlsFiles): TlsPair {
  const certificate = attempt(() => new X509Certificate(cert ?? ''));
  if (certificate === undefined) {
    throw startError(
      'tls/unreadable',
      `The certificate in ${certFile} cannot be read. Give one in PEM, and after it those that lead to its root.`,
    );
  }
  const privateKey = attempt(() => createPrivateKey(key ?? ''));
  if (privateKey === undefined) {
    throw startError('tls/unreadable', `The key in ${keyFile} cannot be read. Give it in PEM, without a password.`);
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw startError('tls/mismatch', `The key in ${keyFile} is not that of the certificate in ${certFile}.`);
  }
  const context = { cert, key, minVersion: 'TLSv1.2', ciphers: CIPHERS, honorCipherOrder: false } as const;
  try {
    createSecureContext(context);
  } catch (cause) {
    // As where the key is too short for the security level of OpenSSL.
    throw startError('tls/unreadable', `OpenSSL does not take the certificate in ${certFile}.`, cause);
  }
  return { context, endsAt: Date.parse(certificate.validTo), texts: { cert, key } };
}

function readTexts({ certFile, keyFile }: TlsFiles): PairTexts {
  return {
    cert: attempt(() => readFileSync(certFile, 'utf8')),
    key: attempt(() => readFileSync(keyFile, 'utf8')),
  };
}

function isSame(one: PairTexts, other: PairTexts): boolean {
  return one.cert === other.cert && one.key === other.key;
}

/** The reason is left out where it would quote what is in a file. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
