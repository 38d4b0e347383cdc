/** Continuation tokens: what a client shows when it comes back, to be known as the same. */
import type { RandomBytes } from '../sid.ts';

/** Of those that were given out, so many are remembered. */
const MAX_REMEMBERED = 10_000;

export interface Continuation {
  readonly token: string;
  readonly status: {
    readonly reissued: boolean;
    readonly reissue_reason?: 'MISSING' | 'INVALID';
    readonly reissue_message?: string;
  };
}

/** Gives each client a token, or lets it keep the one that it shows, if that is its own. */
export function createContinuations(randomBytes: RandomBytes): (identity: string, shown: unknown) => Continuation {
  const identities = new Map<string, string>();
  return (identity, shown) => {
    if (typeof shown === 'string' && identities.get(shown) === identity) {
      return { token: shown, status: { reissued: false } };
    }
    const token = Buffer.from(randomBytes(24)).toString('base64url');
    identities.set(token, identity);
    if (identities.size > MAX_REMEMBERED) identities.delete(identities.keys().next().value!);
    const isMissing = typeof shown !== 'string' || shown === '';
    return {
      token,
      status: {
        reissued: true,
        reissue_reason: isMissing ? 'MISSING' : 'INVALID',
        reissue_message: isMissing ? 'There was no continuation token' : 'The continuation token is not known',
      },
    };
  };
}
