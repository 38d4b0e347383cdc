import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findLogLevel, updateLogLevel } from './log-level.ts';
import { createTokenIssuer, startProgram, type Program } from './program-kit.ts';
import { callService, createCard, makeTemporaryFolder } from './test-kit.ts';
import { askSecurely, createCertificate, writeCertificate } from './tls-kit.ts';

let folder: string;
let logLevelFile: string;

beforeEach(() => {
  folder = makeTemporaryFolder();
  logLevelFile = join(folder, 'log-level');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the level of the log', () => {
  test('is that of the file while there is one, else that of the variable', () => {
    const source = { logLevel: 'info', logLevelFile } as const;
    expect(findLogLevel({ logLevel: 'warn' })).toBe('warn');
    expect(findLogLevel(source)).toBe('info');
    writeFileSync(logLevelFile, 'debug\n');
    expect(findLogLevel(source)).toBe('debug');
    writeFileSync(logLevelFile, '\n');
    expect(findLogLevel(source)).toBe('info');
  });

  test('that the file does not name, or that cannot be read, is refused', () => {
    writeFileSync(logLevelFile, 'loud');
    expect(() => findLogLevel({ logLevel: 'info', logLevelFile })).toThrow(
      expect.objectContaining({ code: 'config/invalid', message: expect.stringContaining('SOTTO_LOG_LEVEL_FILE') }),
    );
    rmSync(logLevelFile);
    mkdirSync(logLevelFile);
    expect(() => findLogLevel({ logLevel: 'info', logLevelFile })).toThrow(
      expect.objectContaining({ code: 'config/invalid', message: expect.stringContaining('SOTTO_LOG_LEVEL_FILE') }),
    );
  });

  test.each(['error', 'debug'])('is said to change from %s', (before) => {
    const { logger, lines } = createLogger(before);
    writeFileSync(logLevelFile, 'warn');
    updateLogLevel(logger, { logLevel: 'info', logLevelFile });
    expect(logger.level).toBe('warn');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ level: 'warn', before }),
    ]);
  });

  test('stays where the file holds none, with a reason', () => {
    const { logger, lines } = createLogger('info');
    writeFileSync(logLevelFile, 'loud');
    updateLogLevel(logger, { logLevel: 'info', logLevelFile });
    expect(logger.level).toBe('info');
    expect(lines.join('')).toContain('config/invalid');
  });
});

describe('the program', () => {
  let program: Program;

  afterEach(async () => {
    const ended = once(program.child, 'exit');
    if (program.child.kill('SIGTERM')) await ended;
  });

  const start = async (...variables: readonly string[]) => {
    program = await startProgram(folder, (command, ...args) => ['env', [...variables, command, ...args]]);
  };

  test('changes its level at SIGHUP, and at none of them says who asks for what', async () => {
    const issue = await createTokenIssuer(folder);
    await start(`SOTTO_LOG_LEVEL_FILE=${logLevelFile}`);
    const identity = 'alice@example.org';
    const token = await issue(identity);
    const { raw } = await createCard(identity);
    const use = async () => {
      await callService(program.url, { method: 'POST', path: '/card/v5', token, body: raw });
      await callService(program.url, { method: 'POST', path: '/card/v5', token: `${token}x`, body: raw });
      const search = { identities: [identity] };
      await callService(program.url, { method: 'POST', path: '/card/v5/actions/search', token, body: search });
    };
    for (const level of ['trace', 'debug', 'info', 'error']) {
      writeFileSync(logLevelFile, level);
      program.child.kill('SIGHUP');
      await vi.waitFor(() => expect(program.log()).toContain(`"level":"${level}"`));
      await use();
    }
    const log = program.log();
    expect(log).toContain('"msg":"request"');
    for (const secret of [identity, 'alice', token, raw.content_snapshot, raw.signatures[0]?.signature ?? '']) {
      expect(log).not.toContain(secret);
    }
    const lines = log.split('\n').length;
    await use();
    expect(program.log().split('\n')).toHaveLength(lines);
  });

  test('goes on at SIGHUP where there is nothing to read', async () => {
    await start();
    program.child.kill('SIGHUP');
    await vi.waitFor(() => expect(program.log()).toContain('"msg":"reading again"'));
    expect((await callService(program.url, { path: '/healthz' })).status).toBe(200);
  });

  test('takes a new certificate at SIGHUP', async () => {
    const files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
    writeCertificate(files, createCertificate());
    await start(`SOTTO_TLS_CERT_FILE=${files.certFile}`, `SOTTO_TLS_KEY_FILE=${files.keyFile}`);
    expect(program.url).toMatch(/^https:/);
    const next = createCertificate();
    writeCertificate(files, next);
    program.child.kill('SIGHUP');
    await vi.waitFor(() => expect(program.log()).toContain('took the certificate anew'));
    expect((await askSecurely(`${program.url}/healthz`, next)).status).toBe(200);
    expect(program.log()).not.toContain(readFileSync(files.keyFile, 'utf8').split('\n')[1]);
  });
});

function createLogger(level: string): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  return { lines, logger: pino({ level }, { write: (line) => lines.push(line) }) };
}
