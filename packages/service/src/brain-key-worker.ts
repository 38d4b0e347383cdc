/** What runs in a worker thread: one job of `brain-key-pool.ts` at a time. Errors go back as their code, being no plain data. */

import { isSdkError } from '@sotto/core';
import { hardenPoint, transformPythia, type HardenedPoint } from '@sotto/core/brain-key-server';
import { workerData } from 'piscina';
import type { HardenJob, PythiaJob } from './domain/brain-key.ts';

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string };

const { secret } = workerData as { secret: Uint8Array };

export function runPythia(job: PythiaJob): Outcome<Uint8Array> {
  return attempt(() => transformPythia({ ...job, secret }));
}

export function runHarden(job: HardenJob): Outcome<HardenedPoint> {
  return attempt(() => hardenPoint({ ...job, secret }));
}

function attempt<T>(compute: () => T): Outcome<T> {
  try {
    return { ok: true, value: compute() };
  } catch (error) {
    if (isSdkError(error, 'brain-key/bad-point')) return { ok: false, code: error.code };
    throw error;
  }
}
