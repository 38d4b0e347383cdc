/** The official SDK, Pythia and Keyknox clients over the official crypto library, loaded as an app on Node loads them. */
import { createRequire } from 'node:module';
import { bytesToHex } from '@sotto/core';
import type * as KeyknoxModule from '@virgilsecurity/keyknox';
import type * as PythiaCryptoModule from '@virgilsecurity/pythia-crypto';
import type * as VirgilCryptoModule from 'virgil-crypto';
import type * as VirgilPythiaModule from 'virgil-pythia';
import type * as VirgilSdkModule from 'virgil-sdk';

const require = createRequire(import.meta.url);
const officialCrypto = require('virgil-crypto') as typeof VirgilCryptoModule;
const pythiaCrypto = require('@virgilsecurity/pythia-crypto') as typeof PythiaCryptoModule;
export const officialKeyknox = require('@virgilsecurity/keyknox') as typeof KeyknoxModule;
export const officialPythia = require('virgil-pythia') as typeof VirgilPythiaModule;
export const officialSdk = require('virgil-sdk') as typeof VirgilSdkModule;

await officialCrypto.initCrypto();
await pythiaCrypto.initPythia();

export const official = new officialCrypto.VirgilCrypto();
export const pythia = new pythiaCrypto.VirgilPythiaCrypto();
export const cardCrypto = new officialCrypto.VirgilCardCrypto(official);
export const brainKeyCrypto = new pythiaCrypto.VirgilBrainKeyCrypto();

export type OfficialKeyPair = VirgilCryptoModule.VirgilKeyPair;

/** Brain key v3 is in the WebAssembly of the crypto library alone, which has no types for it. */
interface Releasable {
  delete(): void;
}

export interface OfficialBrainKeyClient extends Releasable {
  setupDefaults(): void;
  blind(password: Uint8Array): { blindedPoint: Uint8Array; deblindFactor: Uint8Array };
  deblind(password: Uint8Array, hardenedPoint: Uint8Array, deblindFactor: Uint8Array, keyName: Uint8Array): Uint8Array;
}

export interface OfficialBrainKeyServer extends Releasable {
  setupDefaults(): void;
  harden(identitySecret: Uint8Array, blindedPoint: Uint8Array): Uint8Array;
}

interface Foundation {
  BrainkeyClient: new () => OfficialBrainKeyClient;
  BrainkeyServer: new () => OfficialBrainKeyServer;
}

const initFoundation = require('@virgilsecurity/core-foundation') as () => Promise<Foundation>;
export const foundation = await initFoundation();

/** Bytes of either side in a form that compares and prints well. */
export function hex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}
