/** What the apps in `pages/` leave in the global scope of their page. */
import type { ClientLike, DecryptedMessage, EncryptedConversation } from '@sotto/chat-twilio';
import type * as Kit from '@sotto/e3kit';
import type { OpenedPush, PushOptions } from '@sotto/e3kit/push';

export interface DeviceOptions extends Kit.EThreeOptions {
  readonly identity: string;
  readonly backendUrl: string;
}

/** What the app `twilio-chat` shows of a message. */
export interface ShownMessage {
  readonly author: string;
  readonly body: string | null;
  /** The state of its verification, or why that failed. */
  readonly state: string;
  readonly device: string | undefined;
  readonly warnings: readonly string[];
  readonly edited: boolean;
  readonly reactions: readonly { readonly emoji: string; readonly by: readonly string[] }[];
  readonly files: readonly { readonly name: string; readonly type: string; readonly size: number }[];
}

export interface ChatApp {
  /** How far the device's clock is ahead. */
  aheadMs: number;
  readonly eThree: Kit.EThree;
  readonly client: ClientLike;
  readonly conversation: EncryptedConversation;
  signIn(options: DeviceOptions & { readonly begin: 'register' | 'rotatePrivateKey' }): Promise<void>;
  connect(token: string, uri: string): Promise<void>;
  enter(sid: string): Promise<void>;
  load(pageSize: number): Promise<void>;
  show(): ShownMessage[];
  find(text: string | null): DecryptedMessage | undefined;
  digestOf(blob: Blob): Promise<string>;
  startPushWorker(): Promise<void>;
  readPush(ciphertext: string, options: Omit<PushOptions, 'keyStore' | 'cards'>): Promise<OpenedPush>;
}

declare global {
  var chat: ChatApp;
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
