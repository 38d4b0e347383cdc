/** The service as an operator runs it: a process of its own over a data folder. For the tests beside it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPair, issueToken } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { createAppKey, createApplication } from './domain/applications.ts';
import { databaseFile } from './service.ts';
import { openStore } from './store/store.ts';
import { spki } from './test-kit.ts';

const main = new URL('../dist/main.js', import.meta.url).pathname;

export interface Program {
  readonly child: ChildProcess;
  readonly url: string;
  /** What it has logged so far. */
  log(): string;
}

/** Starts it, and waits until it listens. `runIn` gives the command by which another one is run elsewhere. */
export async function startProgram(
  dataDir: string,
  runIn: (command: string, ...args: readonly string[]) => [string, string[]] = (command, ...args) => [
    command,
    [...args],
  ],
): Promise<Program> {
  const child = spawn(...runIn(process.execPath, main), {
    env: { PATH: process.env['PATH'], SOTTO_DATA_DIR: dataDir, SOTTO_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the service ended before it listened')));
    child.stdout?.on('data', (chunk) => {
      log += String(chunk);
      const found = /"url":"([^"]+)"/.exec(log)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return { child, url, log: () => log };
}

/** Makes an application in the folder, and gives back what makes tokens for its users. */
export async function createTokenIssuer(dataDir: string): Promise<(identity: string) => Promise<string>> {
  const store = await openStore({ file: databaseFile(dataDir) });
  const appKey = await generateKeyPair(nodeProvider);
  const { appId } = await createApplication(store, { name: 'a test' });
  const { appKeyId } = await createAppKey(store, { appId, name: 'a key', publicKey: spki(appKey) });
  await store.close();
  const issuedAt = Math.floor(Date.now() / 1000);
  return (identity) =>
    issueToken(nodeProvider, { appId, appKeyId, appKey: appKey.privateKey, identity, issuedAt, ttlSeconds: 600 });
}
