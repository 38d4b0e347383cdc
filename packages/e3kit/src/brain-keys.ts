/** Brain keys: a key pair from a password, with the help of the service, which learns neither. Source: docs/spec/brain-key.md. */
import { BRAIN_KEY_PATHS, type HardenResponse } from '@sotto/contract';
import { base64ToBytes, bytesToBase64, type CryptoProvider, isSdkError, type KeyPair } from '@sotto/core';
import { startHarden, startPythia, unsafeKeyPairFromPassword } from '@sotto/core/backup';
import { clientError } from './errors.ts';
import { keyError } from './key-errors.ts';
import { CODE_TOO_MANY_GUESSES, type ServiceClient } from './service-client.ts';

/**
 * How a password becomes a key. `pythia`: as the official JavaScript clients, and Swift and Kotlin clients before 2026.
 * `v3`: as the Swift 5 and Kotlin 3 clients. `local`: as one Swift release, without the service; only read.
 */
export type BrainKeyKind = 'pythia' | 'v3' | 'local';

/**
 * The key pair of `password`. The service counts how often it is asked.
 * @throws `brain-key/*`, and what the service throws
 */
export type DeriveBrainKey = (kind: BrainKeyKind, password: Uint8Array, signal?: AbortSignal) => Promise<KeyPair>;

/** A wait that nobody notices much is made here; a longer one is the caller's to explain. */
const LONGEST_WAIT_SECONDS = 5;
const USUAL_WAIT_SECONDS = 2;

export function createBrainKeys({
  provider,
  service,
  wait,
}: {
  readonly provider: CryptoProvider;
  readonly service: ServiceClient;
  /** Resolves after so many milliseconds, sooner when aborted. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}): DeriveBrainKey {
  const ask = async (path: string, body: unknown, signal: AbortSignal | undefined): Promise<unknown> => {
    const request = { method: 'POST', path, body, isSafe: true, signal } as const;
    try {
      return (await service.send(request)).body;
    } catch (error) {
      const seconds = secondsToWait(error);
      if (seconds === undefined) throw error;
      if (seconds > LONGEST_WAIT_SECONDS) throw tooManyGuesses(error, seconds);
      await wait(seconds * 1000, signal);
    }
    try {
      return (await service.send(request)).body;
    } catch (error) {
      const seconds = secondsToWait(error);
      throw seconds === undefined ? error : tooManyGuesses(error, seconds);
    }
  };

  return async (kind, password, signal) => {
    switch (kind) {
      case 'local':
        return unsafeKeyPairFromPassword(provider, password);
      case 'pythia': {
        const { request, finish } = await startPythia(provider, password);
        const answer = await ask(BRAIN_KEY_PATHS.pythia, { blinded_password: bytesToBase64(request) }, signal);
        return finish(readBytes(answer, 'seed'));
      }
      case 'v3': {
        const { request, finish } = await startHarden(provider, password);
        const answer = await ask(BRAIN_KEY_PATHS.harden, { blinded_point: bytesToBase64(request) }, signal);
        const read = (name: keyof HardenResponse) => readBytes(answer, name);
        return finish({
          hardenedPoint: read('hardened_point'),
          serverPublicKey: read('server_public_key'),
          proofC: read('proof_value_c'),
          proofS: read('proof_value_s'),
        });
      }
    }
  };
}

/** How long the service wants us to wait, if that is what it says. */
function secondsToWait(error: unknown): number | undefined {
  if (!isSdkError(error, 'service/refused') || error.details['serviceCode'] !== CODE_TOO_MANY_GUESSES) return undefined;
  const seconds = error.details['retryAfterSeconds'];
  return typeof seconds === 'number' ? seconds : USUAL_WAIT_SECONDS;
}

function tooManyGuesses(cause: unknown, retryAfterSeconds: number): Error {
  return keyError('brain-key/too-many-guesses', { details: { retryAfterSeconds }, cause });
}

function readBytes(answer: unknown, name: string): Uint8Array {
  const text = (answer as Record<string, unknown> | null)?.[name];
  try {
    if (typeof text === 'string') return base64ToBytes(text);
  } catch (cause) {
    throw clientError('service/bad-answer', { cause });
  }
  throw clientError('service/bad-answer');
}
