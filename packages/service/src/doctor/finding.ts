/** What a check of an installation found, in a sentence that can stand in a bug report: no secret, identity or name of a host. */

export type FindingState = 'ok' | 'warning' | 'problem' | 'not checked';

export interface Finding {
  readonly check: string;
  readonly state: FindingState;
  /** What was found, and, unless it is good, what to do about it. */
  readonly says: string;
}

export const ok = (check: string, says: string): Finding => ({ check, state: 'ok', says });
export const warning = (check: string, says: string): Finding => ({ check, state: 'warning', says });
export const problem = (check: string, says: string): Finding => ({ check, state: 'problem', says });
export const notChecked = (check: string, says: string): Finding => ({ check, state: 'not checked', says });

/** Such as "1.4 GB". */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const amount = bytes / 1000 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[power] ?? ''}`;
}
