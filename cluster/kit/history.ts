/**
 * What clients were told of their writes, and whether what is stored agrees. The model: a slot (a card, a value of Keyknox) is written by one
 * client, one write after the other, each with another value.
 *
 * - acknowledged: the service said that it is done. It must be there, or a later write of the slot instead.
 * - refused: the service said why it will not. It must never be there.
 * - unknown: no answer, or one of 5xx. It may be there or not, until a later write of the slot is acknowledged.
 */

export type Outcome = 'acknowledged' | 'refused' | 'unknown';

export interface Write {
  readonly slot: string;
  readonly value: string;
  readonly outcome: Outcome;
}

export interface Violation {
  readonly slot: string;
  /** What may be there; undefined stands for nothing. */
  readonly allowed: readonly (string | undefined)[];
  readonly stored: string | undefined;
}

export interface History {
  add(write: Write): void;
  readonly slots: readonly string[];
  count(outcome: Outcome): number;
  /** Where `stored` is none of what may be there. */
  check(stored: ReadonlyMap<string, string>): Violation[];
}

export function createHistory(): History {
  const counts: Record<Outcome, number> = { acknowledged: 0, refused: 0, unknown: 0 };
  const allowed = new Map<string, readonly (string | undefined)[]>();
  return {
    add({ slot, value, outcome }) {
      counts[outcome]++;
      const before = allowed.get(slot) ?? [undefined];
      const after = { acknowledged: [value], refused: before, unknown: [...before, value] };
      allowed.set(slot, after[outcome]);
    },
    get slots() {
      return [...allowed.keys()];
    },
    count: (outcome) => counts[outcome],
    check: (stored) =>
      [...allowed]
        .map(([slot, values]) => ({ slot, allowed: values, stored: stored.get(slot) }))
        .filter((it) => !it.allowed.includes(it.stored)),
  };
}

/** `status` is undefined where no whole answer came. */
export function outcomeOf(status: number | undefined): Outcome {
  if (status === undefined || status >= 500) return 'unknown';
  return status < 300 ? 'acknowledged' : 'refused';
}
