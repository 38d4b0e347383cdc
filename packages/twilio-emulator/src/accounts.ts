/** Whose calls the emulator takes: accounts, each with one API key and one Conversations service. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface EmulatorAccount {
  /** `AC…` */
  readonly accountSid: string;
  /** `SK…` */
  readonly apiKey: string;
  readonly apiSecret: string;
  /** `IS…` */
  readonly serviceSid: string;
  /** Signs webhooks, and is a password of the REST API. By default 32 hex digits derived from `apiSecret`. */
  readonly authToken?: string;
}

export type Account = Required<EmulatorAccount>;

export function completeAccount(account: EmulatorAccount): Account {
  const { authToken = deriveAuthToken(account) } = account;
  return { ...account, authToken };
}

/** The auth token of an account that was given none. The same at each start. */
export function deriveAuthToken(account: Pick<EmulatorAccount, 'apiSecret' | 'accountSid'>): string {
  return createHmac('sha256', account.apiSecret).update(`auth token ${account.accountSid}`).digest('hex').slice(0, 32);
}

/** The account that a user name and password of the REST API belong to. */
export function findByPassword(accounts: readonly Account[], name: string, password: string): Account | undefined {
  return accounts.find(
    (account) =>
      (name === account.accountSid && isEqual(password, account.authToken)) ||
      (name === account.apiKey && isEqual(password, account.apiSecret)),
  );
}

function isEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
