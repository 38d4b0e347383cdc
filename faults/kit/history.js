/**
 * What clients asked for and what they were told: `acknowledged`, `refused`, or `unknown` where no answer came, or one that
 * leaves it open. Each entry has the times at which it was sent and answered, by one clock that only counts.
 */

export function createHistory({ guessLimit }) {
  let time = 0;
  return {
    /** Guesses that one user has, none of which comes back in the time of a run. */
    guessLimit,
    /** `{ identity, cardId, previousCardId, snapshot }` */
    cards: [],
    /** `{ cardId, isFound }`, where acknowledged */
    reads: [],
    /** `{ cardId }` */
    revocations: [],
    /** `{ register, previousHash, hash }`: a register is a value of Keyknox that many write to. */
    puts: [],
    /** `{ owner, keys }` */
    uploads: [],
    /** `{ owner, key }`, where acknowledged, and undefined where there was none left */
    picks: [],
    /** `{ identity }` */
    guesses: [],
    /** `{ appKeyId }` */
    keyRevocations: [],
    /** `{ appKeyId }`: a token that was signed by it was shown. */
    keyUses: [],
    tick: () => ++time,
  };
}

export const LISTS = [
  'cards',
  'reads',
  'revocations',
  'puts',
  'uploads',
  'picks',
  'guesses',
  'keyRevocations',
  'keyUses',
];

/** How many entries have each outcome. */
export function countOutcomes(histories) {
  const counts = { acknowledged: 0, refused: 0, unknown: 0 };
  for (const history of histories) {
    for (const list of LISTS) for (const { outcome } of history[list]) counts[outcome]++;
  }
  return counts;
}
