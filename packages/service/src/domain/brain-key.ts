/** Brain keys: the guess is counted, and only then is anything computed, elsewhere than where requests are served. */

import type { SdkError } from '@sotto/core';
import type { HardenedPoint } from '@sotto/core/brain-key-server';
import type { Store } from '../store/store.ts';
import { serviceError } from './errors.ts';
import { countGuess, type GuessLimits } from './guesses.ts';
import type { Caller } from './tokens.ts';

/** Whose brain key it is. */
interface User {
  readonly application: string;
  readonly identity: string;
}

export interface PythiaJob extends User {
  readonly blindedPassword: Uint8Array;
  readonly brainKeyId: string | undefined;
}

export interface HardenJob extends User {
  readonly blindedPoint: Uint8Array;
}

/** Computes with the brain-key secret. Rejects with `brain-key/bad-point`, and with `service/busy` where too many wait. */
export interface BrainKeyComputer {
  /** Whether a job that is given now would be taken. */
  hasRoom(): boolean;
  transformPythia(job: PythiaJob): Promise<Uint8Array>;
  hardenPoint(job: HardenJob): Promise<HardenedPoint>;
}

export interface BrainKeyContext {
  readonly store: Store;
  readonly computer: BrainKeyComputer;
  readonly limits: GuessLimits;
  readonly caller: Caller;
  readonly now: number;
}

/** Lengths of a point of Pythia, and of one of P-256, which one release of the Kotlin client sends in its place. */
const PYTHIA_LENGTHS: readonly number[] = [49, 65];
const HARDEN_LENGTHS: readonly number[] = [65];

/** @throws `brain-key/bad-point`, `brain-key/too-many-guesses`, `identity/wrong`, `service/busy` */
export async function transformBlindedPassword(
  context: BrainKeyContext,
  { blindedPassword, brainKeyId }: Pick<PythiaJob, 'blindedPassword' | 'brainKeyId'>,
): Promise<Uint8Array> {
  checkLength(blindedPassword, PYTHIA_LENGTHS);
  const user = await countUser(context);
  return context.computer.transformPythia({ ...user, blindedPassword, brainKeyId });
}

/** @throws as above */
export async function hardenBlindedPoint(context: BrainKeyContext, blindedPoint: Uint8Array): Promise<HardenedPoint> {
  checkLength(blindedPoint, HARDEN_LENGTHS);
  const user = await countUser(context);
  return context.computer.hardenPoint({ ...user, blindedPoint });
}

/** When too many wait, and nobody can tell for how long. */
export function busyError(): SdkError {
  return serviceError('service/busy', { retryAfterSeconds: 2 });
}

/** Looks for room first, so that as a rule no guess is spent on a service that is too busy to answer it. */
async function countUser({ store, computer, limits, caller, now }: BrainKeyContext): Promise<User> {
  if (!computer.hasRoom()) throw busyError();
  await countGuess(store, { caller, limits, now });
  return { application: caller.appId, identity: caller.identity };
}

/** What cannot be a point by its length costs no guess. Whether it is one is checked where it is multiplied. */
function checkLength(point: Uint8Array, lengths: readonly number[]): void {
  if (!lengths.includes(point.length)) throw serviceError('brain-key/bad-point');
}
