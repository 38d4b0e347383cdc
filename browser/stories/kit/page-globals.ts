/** What the apps in `pages/` leave in the global scope of their page. */
import type * as Kit from '@sotto/e3kit';

export interface DeviceOptions extends Kit.EThreeOptions {
  readonly identity: string;
  readonly backendUrl: string;
}

declare global {
  var kit: typeof Kit;
  var openDevice: (options: DeviceOptions) => Promise<Kit.EThree>;
  var fetchToken: (identity: string, backendUrl: string) => Promise<string>;
  var article: {
    readonly eThree: Kit.EThree;
    readonly bob: Kit.EThree;
    encrypt(): Promise<{ encryptedData: Uint8Array; encryptedText: string }>;
    decrypt(of: {
      encryptedData: Uint8Array;
      encryptedText: string;
    }): Promise<{ decryptedData: Uint8Array; decryptedText: string }>;
  };
}
