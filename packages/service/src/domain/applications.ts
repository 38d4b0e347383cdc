/** Applications, the tenants of a service, and the App Keys with which their backends sign tokens. */

import { isStorableText } from '@sotto/contract/schemas';
import { base64ToBytes, bytesToBase64, bytesToHex, importPublicKey, isSdkError, type PublicKey } from '@sotto/core';
import {
  applicationsByAge,
  appKeysByApplication,
  hasApplication,
  insertAppKey,
  insertApplication,
  markAppKeyRevoked,
} from '../store/applications.ts';
import type { Store } from '../store/store.ts';
import { serviceError } from './errors.ts';

/** Times are milliseconds since 1970. */
export interface Application {
  readonly appId: string;
  readonly name: string;
  readonly createdAt: number;
}

export interface AppKey {
  readonly appKeyId: string;
  readonly name: string;
  /** DER SubjectPublicKeyInfo, base64. */
  readonly publicKey: string;
  readonly createdAt: number;
  readonly revokedAt?: number;
}

const LONGEST_NAME = 100;

/** Makes an application under a random id of 32 hex digits. @throws `application/wrong-name` */
export async function createApplication(
  store: Store,
  { name, now = Date.now() }: { name: string; now?: number },
): Promise<Application> {
  checkName(name);
  const appId = randomId();
  await store.transact((db) => insertApplication(db, { application_id: appId, name, created_at: now }));
  return { appId, name, createdAt: now };
}

export async function listApplications(store: Store): Promise<Application[]> {
  const rows = await applicationsByAge(store.reader);
  return rows.map((row) => ({ appId: row.application_id, name: row.name, createdAt: row.created_at }));
}

/**
 * Registers the public half of an App Key, base64 of its DER, under a random id of 32 hex digits.
 * @throws `application/unknown`, `application/wrong-name`, `app-key/malformed`, `app-key/cannot-sign`
 */
export async function createAppKey(
  store: Store,
  { appId, name, publicKey, now = Date.now() }: { appId: string; name: string; publicKey: string; now?: number },
): Promise<AppKey> {
  checkName(name);
  const key = readAppKey(publicKey);
  const appKeyId = randomId();
  const row = {
    application_id: appId,
    app_key_id: appKeyId,
    name,
    public_key: bytesToBase64(key.exportDer()),
    created_at: now,
    revoked_at: null,
  };
  await store.transact(async (db) => {
    if (!(await hasApplication(db, appId))) throw serviceError('application/unknown');
    await insertAppKey(db, row);
  });
  return { appKeyId, name, publicKey: row.public_key, createdAt: now };
}

/** The keys of an application, revoked ones included. @throws `application/unknown` */
export async function listAppKeys(store: Store, appId: string): Promise<AppKey[]> {
  if (!(await hasApplication(store.reader, appId))) throw serviceError('application/unknown');
  const rows = await appKeysByApplication(store.reader, appId);
  return rows.map((row) => ({
    appKeyId: row.app_key_id,
    name: row.name,
    publicKey: row.public_key,
    createdAt: row.created_at,
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
  }));
}

/** Refuses tokens of this key from the next request on, in every process that serves the store. @throws `app-key/unknown` */
export async function revokeAppKey(
  store: Store,
  { appId, appKeyId, now = Date.now() }: { appId: string; appKeyId: string; now?: number },
): Promise<void> {
  const isKnown = await store.transact((db) => markAppKeyRevoked(db, { appId, appKeyId, revokedAt: now }));
  if (!isKnown) throw serviceError('app-key/unknown');
}

function checkName(name: string): void {
  if (name === '' || name.length > LONGEST_NAME || !isStorableText(name)) throw serviceError('application/wrong-name');
}

function readAppKey(publicKey: string): PublicKey {
  let key: PublicKey;
  try {
    key = importPublicKey(base64ToBytes(publicKey));
  } catch (cause) {
    throw isSdkError(cause) ? serviceError('app-key/malformed', { cause }) : cause;
  }
  if (!key.canSign) throw serviceError('app-key/cannot-sign');
  return key;
}

function randomId(): string {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
}
