/** The store of encrypted values at the service. What is not there is an empty value. Source: docs/spec/keyknox.md. */
import { KEYKNOX_PATHS, type KeyknoxName } from '@sotto/contract';
import { base64ToBytes, bytesToBase64, isSdkError } from '@sotto/core';
import type { KeyknoxValue } from '@sotto/core/backup';
import { clientError } from './errors.ts';
import { keyError } from './key-errors.ts';
import type { ServiceAnswer, ServiceClient } from './service-client.ts';

export interface StoredValue extends KeyknoxValue {
  /** To be named by the next write; the service refuses one that names another. */
  readonly hash: string;
}

/**
 * One place for a value. Writes are not repeated by themselves: a value whose answer was lost is settled by reading.
 * All throw what the service throws.
 */
export interface KeyknoxPlace {
  read(signal?: AbortSignal): Promise<StoredValue>;
  /** @throws `keyknox/changed` where `previousHash` is not that of what is there */
  write(value: KeyknoxValue, previousHash: string, signal?: AbortSignal): Promise<void>;
  reset(signal?: AbortSignal): Promise<void>;
}

const HASH_HEADER = 'virgil-keyknox-hash';
const PREVIOUS_HASH_HEADER = 'virgil-keyknox-previous-hash';
const CODE_WRONG_PREVIOUS_HASH = 50010;

/** The one value that a user has without a name. */
export function createUnnamedPlace(service: ServiceClient): KeyknoxPlace {
  const path = KEYKNOX_PATHS.value;
  return {
    read: async (signal) => readStored(await service.send({ method: 'GET', path, isSafe: true, signal })),
    write: (value, previousHash, signal) =>
      write(service, { method: 'PUT', path, body: encode(value), previousHash, signal }),
    reset: async (signal) => {
      await service.send({ method: 'POST', path: KEYKNOX_PATHS.resetValue, isSafe: true, signal });
    },
  };
}

/** A record of one's own that nobody else reads. */
export function createNamedPlace(service: ServiceClient, name: KeyknoxName, identity: string): KeyknoxPlace {
  return {
    read: async (signal) =>
      readStored(await service.send({ method: 'POST', path: KEYKNOX_PATHS.pull, body: name, isSafe: true, signal })),
    write: (value, previousHash, signal) =>
      write(service, {
        method: 'POST',
        path: KEYKNOX_PATHS.push,
        body: { ...name, identities: [identity], ...encode(value) },
        previousHash,
        signal,
      }),
    reset: async (signal) => {
      const body = { ...name, identity };
      await service.send({ method: 'POST', path: KEYKNOX_PATHS.reset, body, isSafe: true, signal });
    },
  };
}

/** A record as one of its participants sees it. */
export interface SharedValue extends StoredValue {
  /** All participants. */
  readonly identities: readonly string[];
}

/** A record that its owner shares with others, of whom each has a copy. */
export interface SharedPlace {
  /** The own copy. */
  read(signal?: AbortSignal): Promise<SharedValue>;
  /**
   * For the owner: gives the value to these, and makes them participants if they are not yet.
   * @throws `keyknox/changed` where `previousHash` is not that of what is there, which is none for what is not there
   */
  share(value: KeyknoxValue, to: ShareOptions, signal?: AbortSignal): Promise<void>;
}

export interface ShareOptions {
  readonly identities: readonly string[];
  readonly previousHash?: string | undefined;
}

export function createSharedPlace(service: ServiceClient, name: KeyknoxName, owner: string): SharedPlace {
  return {
    async read(signal) {
      const body = { ...name, identity: owner };
      const answer = await service.send({ method: 'POST', path: KEYKNOX_PATHS.pull, body, isSafe: true, signal });
      return { ...readStored(answer), identities: readTexts((answer.body as { identities?: unknown }).identities) };
    },
    share: (value, { identities, previousHash }, signal) =>
      write(service, {
        method: 'POST',
        path: KEYKNOX_PATHS.push,
        body: { ...name, identities, ...encode(value) },
        previousHash,
        signal,
      }),
  };
}

/** Names of records, all but the last part. */
export type KeyknoxPath = Pick<KeyknoxName, 'root' | 'path'>;

/** The keys of those records of `owner` under a path in which this user takes part. */
export async function listKeyknoxKeys(
  service: ServiceClient,
  path: KeyknoxPath,
  { owner, signal }: { readonly owner: string; readonly signal?: AbortSignal | undefined },
): Promise<readonly string[]> {
  const body = { ...path, identity: owner };
  return readTexts((await service.send({ method: 'POST', path: KEYKNOX_PATHS.keys, body, isSafe: true, signal })).body);
}

/** Removes a participant from all own records under a path; without one the records go. Where there are none it does no harm. */
export async function resetKeyknoxPath(
  service: ServiceClient,
  path: KeyknoxPath,
  {
    participant,
    signal,
  }: { readonly participant?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const body = participant === undefined ? path : { ...path, identity: participant };
  await service.send({ method: 'POST', path: KEYKNOX_PATHS.reset, body, isSafe: true, signal });
}

async function write(
  service: ServiceClient,
  request: {
    readonly method: 'PUT' | 'POST';
    readonly path: string;
    readonly body: unknown;
    readonly previousHash: string | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  const { previousHash, ...rest } = request;
  try {
    const headers = previousHash === undefined ? {} : { [PREVIOUS_HASH_HEADER]: previousHash };
    await service.send({ ...rest, headers, isSafe: false });
  } catch (error) {
    const isStale = isSdkError(error, 'service/refused') && error.details['serviceCode'] === CODE_WRONG_PREVIOUS_HASH;
    throw isStale ? keyError('keyknox/changed', { cause: error }) : error;
  }
}

function encode({ meta, value }: KeyknoxValue): { readonly meta: string; readonly value: string } {
  return { meta: bytesToBase64(meta), value: bytesToBase64(value) };
}

function readStored({ body, header }: ServiceAnswer): StoredValue {
  const { meta, value } = (body ?? {}) as { meta?: unknown; value?: unknown };
  const hash = header(HASH_HEADER);
  if (typeof meta !== 'string' || typeof value !== 'string' || !hash) throw clientError('service/bad-answer');
  try {
    return { meta: base64ToBytes(meta), value: base64ToBytes(value), hash };
  } catch (cause) {
    throw clientError('service/bad-answer', { cause });
  }
}

function readTexts(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((text) => typeof text === 'string'))
    throw clientError('service/bad-answer');
  return value;
}
