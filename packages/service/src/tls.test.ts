import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startService } from './service.ts';
import { makeTemporaryFolder, sendRaw } from './test-kit.ts';
import { askSecurely, createCertificate, writeCertificate, type Certificate } from './tls-kit.ts';
import { readTlsPair, watchTlsPair, type TlsFiles, type TlsPair } from './tls.ts';

let folder: string;
let files: TlsFiles;
let certificate: Certificate;

beforeEach(() => {
  folder = makeTemporaryFolder();
  files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
  certificate = createCertificate();
  writeCertificate(files, certificate);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const start = (options = {}) => startService({ dataDir: join(folder, 'data'), port: 0, tls: files, ...options });

describe('a pair', () => {
  test('is read with the time when it ends', () => {
    expect(Math.abs(readTlsPair(files).endsAt - Date.now() - 86_400_000)).toBeLessThan(60_000);
  });

  test.each<[string, 'certFile' | 'keyFile', string]>([
    ['without a certificate', 'certFile', ''],
    ['with something else for a certificate', 'certFile', 'no PEM'],
    ['with its key for a certificate', 'certFile', 'KEY'],
    ['without a key', 'keyFile', ''],
    ['with something else for a key', 'keyFile', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
  ])('is refused %s, by the name of the file', (_, name, text) => {
    writeFileSync(files[name], text === 'KEY' ? certificate.key : text);
    expect(() => readTlsPair(files)).toThrow(
      expect.objectContaining({ code: 'tls/unreadable', message: expect.stringContaining(files[name]) }),
    );
  });

  test.each(['certFile', 'keyFile'] as const)('is refused when there is no file: %s', (name) => {
    rmSync(files[name]);
    expect(() => readTlsPair(files)).toThrow(
      expect.objectContaining({ code: 'tls/unreadable', message: expect.stringContaining(files[name]) }),
    );
  });

  test('of two that do not belong together is called so, and neither is quoted', () => {
    const { key } = createCertificate();
    writeFileSync(files.keyFile, key);
    const error = expect.objectContaining({
      code: 'tls/mismatch',
      message: `The key in ${files.keyFile} is not that of the certificate in ${files.certFile}.`,
    });
    expect(() => readTlsPair(files)).toThrow(error);
  });
});

describe('a service with a certificate', () => {
  test('is asked by https, and says to browsers to stay with that', async () => {
    const service = await start();
    expect(service.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const answer = await askSecurely(`${service.url}/healthz`, certificate);
    expect(answer).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect(answer.headers).toMatchObject({
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
    });
    await service.close();
  });

  test.each<[string, ConnectionOptions, string]>([
    ['TLS 1.3', { minVersion: 'TLSv1.3' }, 'TLSv1.3'],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }, 'TLSv1.2'],
  ])('talks %s', async (_, options, protocol) => {
    const service = await start();
    const socket = connect({ port: service.port, host: '127.0.0.1', ca: certificate.cert, ...options });
    await once(socket, 'secureConnect');
    expect(socket.getProtocol()).toBe(protocol);
    socket.destroy();
    await service.close();
  });

  test.each<[string, ConnectionOptions]>([
    ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['a suite without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }],
    ['a suite of CBC', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }],
  ])('refuses %s, and goes on', async (_, options) => {
    const service = await start();
    const socket = connect({ port: service.port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toMatch(/^(ERR_SSL|ECONNRESET|EPROTO)/);
    expect((await askSecurely(`${service.url}/healthz`, certificate)).status).toBe(200);
    await service.close();
  });

  test('closes what speaks no TLS without a word, and goes on', async () => {
    const service = await start();
    expect(await sendRaw(service.port, 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')).not.toContain('HTTP/');
    expect((await askSecurely(`${service.url}/healthz`, certificate)).status).toBe(200);
    await service.close();
  });

  test('refuses what is no request as it does without', async () => {
    const service = await start();
    const socket = connect({ port: service.port, host: '127.0.0.1', ca: certificate.cert });
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => (answer += String(chunk)));
    socket.write('nonsense\r\n\r\n');
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('Strict-Transport-Security');
    expect(answer).toContain('"code":70002');
    await service.close();
  });

  test('answers what is in flight when it stops, and waits for nobody else', async () => {
    const service = await start();
    const silent = connectPlain(service.port, '127.0.0.1');
    const idle = connect({ port: service.port, host: '127.0.0.1', ca: certificate.cert });
    const busy = connect({ port: service.port, host: '127.0.0.1', ca: certificate.cert });
    let answer = '';
    busy.setEncoding('utf8').on('data', (chunk) => (answer += String(chunk)));
    busy.write('POST /no/such HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n');
    await Promise.all([once(silent, 'connect'), once(idle, 'secureConnect'), once(busy, 'data')]);
    const others = Promise.all([once(silent, 'close'), once(idle, 'close')]);
    const closed = service.close();
    await others;
    busy.write('{}');
    await closed;
    expect(answer).toContain('404');
  });

  test('does not start with a pair that cannot be used', async () => {
    writeFileSync(files.keyFile, createCertificate().key);
    await expect(start()).rejects.toMatchObject({ code: 'tls/mismatch' });
  });

  test('says that its certificate has ended, and serves', async () => {
    certificate = createCertificate({ endsAt: Date.now() - 1000 });
    writeCertificate(files, certificate);
    const lines: string[] = [];
    const service = await start({ logger: pino({}, { write: (line) => lines.push(line) }) });
    expect(lines.join('')).toContain('the certificate has ended');
    await service.close();
  });
});

describe('a new pair', () => {
  test('is taken by new connections, and old ones go on under the one before it', async () => {
    const service = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: certificate.cert });
    const askOnOneConnection = () =>
      new Promise<{ status: number | undefined; isReused: boolean }>((resolve, reject) => {
        const request = httpsRequest(`${service.url}/healthz`, { agent }, (response) => {
          response.resume().on('end', () => resolve({ status: response.statusCode, isReused: request.reusedSocket }));
        });
        request.on('error', reject).end();
      });
    await askOnOneConnection();

    const next = createCertificate();
    writeCertificate(files, next);
    service.reload();
    expect((await askSecurely(`${service.url}/healthz`, next)).status).toBe(200);
    await expect(askSecurely(`${service.url}/healthz`, certificate)).rejects.toThrow();
    expect(await askOnOneConnection()).toEqual({ status: 200, isReused: true });
    agent.destroy();
    await service.close();
  });

  test('that cannot be used is logged, and the one before it stays', async () => {
    const lines: string[] = [];
    const service = await start({ logger: pino({}, { write: (line) => lines.push(line) }) });
    writeFileSync(files.keyFile, createCertificate().key);
    service.reload();
    expect(lines.join('')).toMatch(/"level":50,.*tls\/mismatch/);
    expect((await askSecurely(`${service.url}/healthz`, certificate)).status).toBe(200);
    await service.close();
  });

  test('is found without being told, once both of its files are there', async () => {
    const pairs: TlsPair[] = [];
    const lines: string[] = [];
    const logger = pino({}, { write: (line) => lines.push(line) });
    const watch = watchTlsPair(files, {
      taken: readTlsPair(files),
      onPair: (pair) => pairs.push(pair),
      logger,
      checkMilliseconds: 10,
    });
    const next = createCertificate();
    writeFileSync(files.certFile, next.cert);
    writeFileSync(files.keyFile, next.key);
    await vi.waitFor(() => expect(pairs).toHaveLength(1));
    expect(pairs[0]?.context).toMatchObject({ cert: readFileSync(files.certFile, 'utf8'), key: next.key });

    rmSync(files.certFile);
    await vi.waitFor(() => expect(lines.join('')).toContain('tls/unreadable'));
    writeCertificate(files, next);
    await vi.waitFor(() => expect(pairs).toHaveLength(2));
    watch.close();
  });
});
