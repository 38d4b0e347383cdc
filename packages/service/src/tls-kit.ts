/** Certificates that sign themselves, for the tests beside it. Node reads certificates and makes none. */

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { TlsFiles } from './tls.ts';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

/** For localhost and 127.0.0.1, on P-256 (RFC 5280 §4.1). */
export function createCertificate({ endsAt = Date.now() + 86_400_000 }: { endsAt?: number } = {}): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex')); // ecdsa-with-SHA256
  const name = der(0x30, der(0x31, der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('localhost')))));
  const names = der(0x30, der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  const alternative = der(0x30, Buffer.from('0603551d11', 'hex'), der(0x04, names));
  const statement = der(
    0x30,
    der(0xa0, Buffer.from('020102', 'hex')), // version 3
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    der(0x30, time(Math.min(Date.now(), endsAt) - 86_400_000), time(endsAt)),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, der(0x30, alternative)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', statement, privateKey));
  return {
    cert: toPem('CERTIFICATE', der(0x30, statement, algorithm, signature)),
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
}

export function writeCertificate({ certFile, keyFile }: TlsFiles, { cert, key }: Certificate): void {
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
}

export interface SecureAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Asks over a connection of its own, which has to be under this certificate. */
export function askSecurely(url: string, { cert }: Pick<Certificate, 'cert'>): Promise<SecureAnswer> {
  return new Promise((resolve, reject) => {
    request(url, { ca: cert, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    })
      .on('error', reject)
      .end();
  });
}

function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text));
}

function toPem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}
