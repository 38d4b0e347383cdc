/** A page with the official client for browsers, unmodified, and with ours, over our service and the sample backend. */
import type { EThree } from '@sotto/e3kit';
import { join } from 'node:path';
import { inject } from 'vitest';
import { bundleScript } from './kit/bundle.js';
import './kit/page-globals.ts';
import { openStage, openTab, type Stage, type Tab, waitForGlobal } from './kit/stage.ts';

/** What both clients can do, and how the article's code calls it. */
export interface Client extends Pick<EThree, 'register' | 'hasLocalPrivateKey' | 'cleanup'> {
  findUsers(identity: string): Promise<Card>;
  lookupPublicKeys(identity: string): Promise<Key>;
  authEncrypt(text: string, reader?: Card): Promise<string>;
  authDecrypt(text: string, sender?: Card): Promise<string>;
  encrypt(text: string, reader?: Key): Promise<string>;
  decrypt(text: string, sender?: Key): Promise<string>;
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
  unregister(): Promise<void>;
}

declare global {
  /** Global of the official client's UMD build. */
  var E3kit: { EThree: { initialize(getToken: () => Promise<string>, options: object): Promise<OfficialClient> } };
}

const installation = join(import.meta.dirname, '../official-e3kit-browser');

export interface OfficialPage {
  readonly stage: Stage;
  readonly tab: Tab;
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
  const tab = await openTab(await stage.browser.newContext(), `${url}/`);
  await waitForGlobal(tab, 'openDevice');
  return { stage, tab };
}
