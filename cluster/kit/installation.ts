/** What several nodes share beside the database: the secrets in a folder, and an application with an App Key for its users' tokens. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenIssuer } from '@sotto/auth';
import { bytesToBase64, generateKeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import * as service from '@sotto/service';

export interface Application {
  readonly appId: string;
  readonly appKeyId: string;
  issueToken(identity: string): Promise<string>;
}

export interface Installation extends Application {
  readonly databaseUrl: string;
  readonly secretsDir: string;
  /** Removes the secrets. */
  close(): void;
}

/** The part of the service's library that sets an installation up. A release before may do it too. */
export type Library = Pick<
  typeof service,
  'createApplication' | 'createAppKey' | 'createSecrets' | 'openStore' | 'revokeAppKey'
>;

/** In an empty database. */
export async function createInstallation(databaseUrl: string, library: Library = service): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-cluster-'));
  const secretsDir = join(folder, 'secrets');
  await library.createSecrets(secretsDir);
  const application = await addApplication(databaseUrl, library);
  return {
    ...application,
    databaseUrl,
    secretsDir,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export async function addApplication(databaseUrl: string, library: Library = service): Promise<Application> {
  const store = await library.openStore({ url: databaseUrl });
  try {
    const { publicKey, privateKey: appKey } = await generateKeyPair(nodeProvider);
    const { appId } = await library.createApplication(store, { name: 'cluster' });
    const key = { appId, name: 'cluster', publicKey: bytesToBase64(publicKey.exportDer()) };
    const { appKeyId } = await library.createAppKey(store, key);
    const issuer = createTokenIssuer({ provider: nodeProvider, appId, appKeyId, appKey });
    return { appId, appKeyId, issueToken: (identity) => issuer.issue(identity) };
  } finally {
    await store.close();
  }
}
