/** How much may be stored. An operator sets them for all applications; whoever meets one is told which and what to do. */

export interface Quotas {
  /** Of Keyknox v2, per owner. */
  readonly keyknoxRecords: number;
  /** Of meta and value together, of Keyknox v1 and v2, per owner. What several participants read counts once. */
  readonly keyknoxBytes: number;
  /** The same of all users of an application; unlimited unless given. */
  readonly keyknoxApplicationBytes?: number | undefined;
  readonly keyknoxParticipants: number;
  /** Not handed out yet, per user. Clients keep 100. */
  readonly oneTimeKeys: number;
}

export const DEFAULT_QUOTAS: Quotas = {
  keyknoxRecords: 10_000,
  keyknoxBytes: 100 * 1024 * 1024,
  keyknoxParticipants: 1000,
  oneTimeKeys: 1000,
};
