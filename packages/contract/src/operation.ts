import type { z } from 'zod';
import type { ServiceErrorName } from './errors.ts';

export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As the service routes it: `/card/v5/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly needsToken: boolean;
  /** Header of the request beside those that every request may have, and what it says. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly request?: z.ZodType;
  readonly response: z.ZodType;
  /** Header of the answer, and what it says. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** Beyond those of the token, the body and the service itself, which are the same everywhere. */
  readonly errors: readonly ServiceErrorName[];
}
