import { readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { base64ToBytes, importPrivateKey, importPublicKey, utf8ToBytes } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { expect, it } from 'vitest';
import { newDataDir, runSotto } from '../test-kit.ts';

it('prints the private and the public key of a pair', async () => {
  const { stdout } = await runSotto(['keygen']);
  const [privateText = '', publicText = '', rest] = stdout.split('\n');
  const privateKey = await importPrivateKey(nodeProvider, base64ToBytes(privateText));
  expect(privateKey.type).toBe('ED25519');
  expect(importPublicKey(base64ToBytes(publicText)).identifier).toEqual(privateKey.identifier);
  expect(rest).toBe('');
});

it('writes the private key into a file for its owner, and never over another', async () => {
  const folder = await newDataDir();
  await mkdir(folder);
  const path = join(folder, 'app.key');
  const { stdout } = await runSotto(['keygen', '--type', 'SECP256R1', '--pem', '--out', path]);
  const key = readFileSync(path);
  const privateKey = await importPrivateKey(nodeProvider, key);
  expect(privateKey.type).toBe('SECP256R1');
  expect(importPublicKey(utf8ToBytes(stdout)).identifier).toEqual(privateKey.identifier);
  expect(statSync(path).mode & 0o777).toBe(0o600);

  expect(await runSotto(['keygen', '--out', path])).toEqual({
    code: 2,
    stdout: '',
    stderr: `sotto: ${path} exists, and may hold a key; choose another --out (cli/file-exists)\n`,
  });
  expect(readFileSync(path)).toEqual(key);
});
