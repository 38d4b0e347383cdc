/** A page with the official client for browsers, unmodified, and with ours, over our service and the sample backend. */
import type { EThree } from '@sotto/e3kit';
import { join } from 'node:path';
import { inject } from 'vitest';
import { bundleScript } from './kit/bundle.js';
import './kit/page-globals.ts';
import { openStage, openTab, type Stage, type Tab, waitForGlobal } from './kit/stage.ts';

/** What both clients can do, and how the article's code calls it. */
export interface Client extends Pick<EThree, 'register' | 'hasLocalPrivateKey' | 'cleanup' | 'unregister'> {
  findUsers(identity: string): Promise<Card>;
  lookupPublicKeys(identity: string): Promise<Key>;
  authEncrypt(text: string, reader?: Card): Promise<string>;
  authDecrypt(text: string, sender?: Card): Promise<string>;
  encrypt(text: string, reader?: Key): Promise<string>;
  decrypt(text: string, sender?: Key): Promise<string>;
  backupPrivateKey(password: string, keyName?: string): Promise<unknown>;
  restorePrivateKey(password: string, keyName?: string): Promise<unknown>;
  changePassword(oldPassword: string, newPassword: string, keyName?: string): Promise<unknown>;
  resetPrivateKeyBackup(password?: string): Promise<void>;
  resetPrivateKeyBackupWithKeyName(keyName: string): Promise<void>;
  createGroup(id: string, participants: Card): Promise<Group>;
  loadGroup(id: string, initiator: Card): Promise<Group>;
}
export interface Card {
  readonly id: string;
  readonly isOutdated: boolean;
  readonly previousCard?: Card;
}
export type Key = object;

/** Of the official client alone. */
export interface OfficialClient extends Client {
  readonly cardManager: {
    getCard(id: string): Promise<Card>;
    searchCards(identities: string | readonly string[]): Promise<Card[]>;
    revokeCard(id: string): Promise<void>;
  };
  rotatePrivateKey(): Promise<void>;
}
export interface Group {
  readonly participants: readonly string[];
  encrypt(text: string): Promise<string>;
  decrypt(text: string, sender: Card): Promise<string>;
  update(): Promise<void>;
  add(member: Card): Promise<void>;
  remove(member: Card): Promise<void>;
}

declare global {
  /** Global of the official client's UMD build. */
  var E3kit: { EThree: { initialize(getToken: () => Promise<string>, options: object): Promise<OfficialClient> } };
  /** The official client of a user, over our service. */
  var openOfficial: (identity: string, options?: object) => Promise<OfficialClient>;
  /** Ours beside it. */
  var openOurs: (identity: string) => Promise<Client>;
  /** What a call gives, or what can be said of its error. */
  var outcomeOf: (call: Promise<unknown>) => Promise<unknown>;
}

const installation = join(import.meta.dirname, '../official-e3kit-browser');

export interface OfficialPage {
  readonly stage: Stage;
  readonly tab: Tab;
  /** The page on another device, which shares nothing with the first. */
  openElsewhere(): Promise<Tab>;
}

export async function openOfficialPage(): Promise<OfficialPage> {
  const stage = await openStage();
  const { folder, importMap } = inject('project');
  await bundleScript({ entry: join(installation, 'polyfills.js'), folder: join(folder, 'official') });
  const url = await stage.servePages({
    folders: {
      '/official/': join(installation, 'node_modules/@virgilsecurity/e3kit-browser/dist'),
      '/client/': join(folder, 'client'),
      '/node_modules/': join(folder, 'node_modules'),
      '/': join(folder, 'official'),
    },
    importMap,
    // It fetches and compiles WebAssembly. Ours does without.
    connectTo: ["'self'"],
    scripts: ["'wasm-unsafe-eval'"],
  });
  const openElsewhere = async (): Promise<Tab> => {
    const tab = await openTab(await stage.browser.newContext(), `${url}/`);
    await waitForGlobal(tab, 'openDevice');
    await tab.page.evaluate(addHelpers, stage.addresses);
    return tab;
  };
  return { stage, tab: await openElsewhere(), openElsewhere };
}

/** Runs in the page. */
function addHelpers({ apiUrl, backendUrl, servicePublicKey }: Stage['addresses']): void {
  // A slash at the end, as apps have it; the client makes //card/v5 of it.
  globalThis.openOfficial = (identity, options = {}) =>
    E3kit.EThree.initialize(() => fetchToken(identity, backendUrl), { apiUrl: `${apiUrl}/`, ...options });
  globalThis.openOurs = async (identity) =>
    (await openDevice({ apiUrl, backendUrl, servicePublicKey, identity })) as unknown as Client;
  globalThis.outcomeOf = async (call) => {
    try {
      return await call;
    } catch (error) {
      const { name, httpStatus, errorCode } = error as Record<string, unknown>;
      return { name, httpStatus, errorCode };
    }
  };
}
