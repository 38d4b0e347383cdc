/** For tests: an installation whose service runs in this process, and the commands of operators called on it. */
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenIssuer } from '@sotto/auth';
import { bytesToBase64, generateKeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { createAppKey, createApplication, type RunningService, startService } from '@sotto/service';
import { onTestFinished } from 'vitest';
import { formatEnv } from '../env-file.ts';
import type { StreamContext } from '../streams/context.ts';

export interface Place {
  readonly folder: string;
  readonly path: (name: string) => string;
}

export interface Installation extends Place {
  readonly dataDir: string;
  readonly service: RunningService;
  /** What the backend has. */
  readonly env: Readonly<Record<'APP_ID' | 'APP_KEY_ID' | 'APP_KEY', string>>;
  /** A file with it. */
  readonly envFile: string;
  /** A token of alice. */
  readonly token: string;
}

/** A folder that is removed after the test, with a key pair `operator` as files. */
export async function newPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const { privateKey, publicKey } = await generateKeyPair(nodeProvider);
  await writeFile(path('operator.key'), bytesToBase64(privateKey.exportDer()), { mode: 0o600 });
  await writeFile(path('operator.pub'), bytesToBase64(publicKey.exportDer()));
  return { folder, path };
}

export async function newInstallation(): Promise<Installation> {
  const place = await newPlace();
  const dataDir = place.path('data');
  const service = await startServiceIn(dataDir);
  const { privateKey: appKey, publicKey } = await generateKeyPair(nodeProvider);
  const { appId } = await createApplication(service.store, { name: 'clinic' });
  const text = bytesToBase64(publicKey.exportDer());
  const { appKeyId } = await createAppKey(service.store, { appId, name: 'backend', publicKey: text });
  const env = { APP_ID: appId, APP_KEY_ID: appKeyId, APP_KEY: bytesToBase64(appKey.exportDer()) };
  const envFile = place.path('backend.env');
  await writeFile(envFile, formatEnv(env));
  const token = await createTokenIssuer({ provider: nodeProvider, appId, appKeyId, appKey }).issue('alice');
  return { ...place, dataDir, service, env, envFile, token };
}

/**
 * One whose service was stopped, as by another process: a database that this one has closed stays open until its statements are collected.
 */
export async function newStoppedInstallation(): Promise<Omit<Installation, 'service'>> {
  const { service, ...place } = await newInstallation();
  await service.close();
  const dataDir = place.path('stopped');
  for (const name of ['sotto.db', 'secrets'])
    await cp(join(place.dataDir, name), join(dataDir, name), { recursive: true });
  return { ...place, dataDir };
}

export async function startServiceIn(dataDir: string): Promise<RunningService> {
  const service = await startService({ dataDir, port: 0 });
  onTestFinished(() => service.close());
  return service;
}

/** What a command is given, and what it says with it. */
export function newContext(): StreamContext & { readonly said: string[]; readonly results: string[] } {
  const [said, results]: [string[], string[]] = [[], []];
  const terminal = { say: (text: string) => void said.push(text), result: (text: string) => void results.push(text) };
  return { terminal, signal: new AbortController().signal, streams: process, said, results };
}

/** The address of a server that is closed after the test. */
export async function startHttp(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
