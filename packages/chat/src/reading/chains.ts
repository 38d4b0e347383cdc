/**
 * What the numbers in messages say of what is missing, moved or doubled, by sender and device. Pure. A number that is missing says nothing by
 * itself: only inside of a stretch that was loaded without a hole, and if no unreadable message of the sender may be it.
 * Source: docs/spec/chat.md §6.
 */
import type { SeenMessage } from '../kept/seen-record.ts';
import type { Warning } from '../room.ts';
import { type BoundMessage, originOf } from './opened.ts';

export interface ChainLink {
  readonly index: number;
  readonly opened: BoundMessage;
}

export interface ChainEvidence {
  /** Verified messages and expired ones, by ascending index. */
  readonly links: readonly ChainLink[];
  /** What could not be read, and who is said to have written it. */
  readonly unreadable: readonly { readonly index: number; readonly author: string | null }[];
  /** Digests of all payloads that were seen, former versions too: by sender, device and n. */
  readonly digests: ReadonlyMap<string, readonly string[]>;
  readonly isWhole: (from: number, to: number) => boolean;
  /** What was seen between two indexes and still stands there, in whatever form, or was removed with word of it. */
  readonly seenBetween: (from: number, to: number) => readonly SeenMessage[];
}

export function findChainWarnings(evidence: ChainEvidence): ReadonlyMap<number, readonly Warning[]> {
  const warnings = new Map<number, Warning[]>();
  const warn = (index: number, warning: Warning): void => {
    warnings.set(index, [...(warnings.get(index) ?? []), warning]);
  };
  for (const links of chainsOf(evidence.links).values()) {
    let last: ChainLink | undefined;
    for (const link of links) {
      const { m } = originOf(link.opened.payload);
      const lastM = last ? originOf(last.opened.payload).m : 0;
      if (last && m < lastM) warn(link.index, { code: 'chat/reordered' });
      // As a rule the next number, which takes no counting.
      const missing = last && m > lastM + 1 ? countMissing(evidence, { links, last, link }) : 0;
      if (missing > 0) warn(link.index, { code: 'chat/gap', missing });
      if (isForked(evidence.digests, link) || (last && m === lastM)) warn(link.index, { code: 'chat/forked' });
      if (!last || m > lastM) last = link;
    }
  }
  return warnings;
}

/** Under which the digest of a payload is found. */
export function digestKey({ payload }: BoundMessage, n = payload.n): string {
  return `${payload.device} ${n} ${payload.sender}`;
}

/** By the device that sent the message first, whichever edited it. */
function chainsOf(links: readonly ChainLink[]): ReadonlyMap<string, readonly ChainLink[]> {
  const chains = new Map<string, ChainLink[]>();
  for (const link of links) {
    const { payload } = link.opened;
    const key = `${originOf(payload).device} ${payload.sender}`;
    const chain = chains.get(key);
    if (chain) chain.push(link);
    else chains.set(key, [link]);
  }
  return chains;
}

function countMissing(
  evidence: ChainEvidence,
  { links, last, link }: { readonly links: readonly ChainLink[]; readonly last: ChainLink; readonly link: ChainLink },
): number {
  if (!evidence.isWhole(last.index, link.index)) return 0;
  const { sender } = link.opened.payload;
  const { device, m } = originOf(link.opened.payload);
  const lastM = originOf(last.opened.payload).m;
  const isBetween = (one: number): boolean => one > lastM && one < m;
  const known = new Set<number>();
  for (const other of links) known.add(originOf(other.opened.payload).m);
  for (const seen of evidence.seenBetween(last.index, link.index)) {
    if (seen.sender === sender && seen.device === device) known.add(seen.m);
  }
  const explained = [...known].filter(isBetween).length;
  const unreadable = evidence.unreadable.filter(
    ({ index, author }) => author === sender && index > last.index && index < link.index,
  ).length;
  return Math.max(0, m - lastM - 1 - explained - unreadable);
}

/** Whether another payload was seen in this place of the chain, or before it. */
function isForked(digests: ChainEvidence['digests'], { opened }: ChainLink): boolean {
  const { payload, digest } = opened;
  const here = digests.get(digestKey(opened)) ?? [];
  const before = digests.get(digestKey(opened, payload.n - 1)) ?? [];
  return here.some((other) => other !== digest) || before.some((other) => other !== payload.prev);
}
