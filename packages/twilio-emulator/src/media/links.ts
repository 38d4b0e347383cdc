/** Temporary URLs of media: who has one may read, for five minutes, without a token. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const TTL_SECONDS = 300;

export interface MediaLinks {
  /** `origin`: scheme, host and port that the reader uses. */
  create(origin: string, sid: string): string;
  isValid(sid: string, query: { readonly expires: string; readonly signature: string }): boolean;
}

/** `clock` in milliseconds. */
export function createMediaLinks({
  secret,
  clock,
}: {
  readonly secret: Uint8Array;
  readonly clock: () => number;
}): MediaLinks {
  const sign = (sid: string, expires: string) =>
    createHmac('sha256', secret).update(`${sid} ${expires}`).digest('base64url');
  return {
    create(origin, sid) {
      const expires = String(Math.floor(clock() / 1000) + TTL_SECONDS);
      return `${origin}/media/${sid}?expires=${expires}&signature=${sign(sid, expires)}`;
    },
    isValid(sid, { expires, signature }) {
      const expected = Buffer.from(sign(sid, expires));
      const given = Buffer.from(signature);
      if (expected.length !== given.length || !timingSafeEqual(expected, given)) return false;
      return Number(expires) * 1000 > clock();
    },
  };
}
