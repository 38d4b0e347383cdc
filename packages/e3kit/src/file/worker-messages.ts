/**
 * What a page and a worker say to each other about the bulk of one job. The worker says `ready`, and then answers one request after the
 * other. Requests hold a content key at most: private keys stay where they are.
 */
import type { HashName } from '@sotto/core';
import type { BulkOptions } from '@sotto/core/stream';

export const READY = 'sotto-ready';

export type Request =
  | { readonly call: 'hash'; readonly options: Pick<BulkOptions, 'hash' | 'atMost'> }
  | { readonly call: 'seal'; readonly options: BulkOptions }
  | { readonly call: 'open'; readonly options: BulkOptions & { readonly isPadded: boolean } }
  | { readonly call: 'update' | 'finish'; readonly bytes: Uint8Array };

/** The end of a body: what is left of it, and the digest of the text. */
export interface BodyEnd {
  readonly rest: Uint8Array;
  readonly digest: Uint8Array;
}

/** `code` is what the bulk refuses a body with; another failure has none. */
export type Answer = { readonly value: Uint8Array | BodyEnd | undefined } | { readonly code: Refusal | undefined };

export type Refusal = 'envelope/undecryptable' | 'envelope/malformed';

const REFUSALS: readonly unknown[] = ['envelope/undecryptable', 'envelope/malformed'] satisfies Refusal[];
const HASHES: readonly unknown[] = ['SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'] satisfies HashName[];

/** The request, or undefined for what is none. */
export function toRequest(data: unknown): Request | undefined {
  const { call, options, bytes } = (data ?? {}) as { call?: unknown; options?: Partial<BulkOptions>; bytes?: unknown };
  const isBody = isBytes(options?.key, 32) && isBytes(options?.nonce, 12);
  const isUsable =
    call === 'update' || call === 'finish'
      ? bytes instanceof Uint8Array
      : HASHES.includes(options?.hash) && (call === 'hash' || ((call === 'seal' || call === 'open') && isBody));
  return isUsable ? (data as Request) : undefined;
}

/** The answer; one without a code for what is none. */
export function toAnswer(data: unknown): Answer {
  const isAnswer = typeof data === 'object' && data !== null && 'value' in data;
  return isAnswer ? (data as Answer) : toRefusal(data);
}

/** By the code of an error, as it was thrown or sent. */
export function toRefusal(error: unknown): Answer {
  const { code } = (error ?? {}) as { code?: unknown };
  return { code: REFUSALS.includes(code) ? (code as Refusal) : undefined };
}

export function isBytes(value: unknown, length?: number): value is Uint8Array {
  return value instanceof Uint8Array && (length === undefined || value.length === length);
}

export function isBodyEnd(value: unknown): value is BodyEnd {
  const { rest, digest } = (value ?? {}) as Partial<BodyEnd>;
  return isBytes(rest) && isBytes(digest);
}
