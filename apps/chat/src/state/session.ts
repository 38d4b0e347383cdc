/** Signing in and out: from a name to an open chat, with the choice in between that a user without a key on this device has. */
import { isSdkError } from '@sotto/e3kit';
import type { Account, PeerKeyChange } from './account.ts';
import { type ChatModel, createChatModel } from './chat-model.ts';
import { createStore, type ReadonlyStore } from './store.ts';
import { openWelcomeRoom } from './welcome-room.ts';

export type SignInStep = 'backend' | 'key' | 'chat';

export type SessionState =
  | { readonly status: 'signed-out'; readonly error?: unknown }
  | { readonly status: 'signing-in'; readonly identity: string; readonly step: SignInStep }
  /** The user has a card, and this device no key for it. */
  | { readonly status: 'needs-key'; readonly account: Account; readonly error?: unknown }
  | { readonly status: 'signed-in'; readonly account: Account; readonly chat: ChatModel };

export interface Session extends ReadonlyStore<SessionState> {
  signIn(identity: string): Promise<void>;
  restoreKey(password: string): Promise<void>;
  startWithNewKey(): Promise<void>;
  /** With `clean`, keys and all that was seen leave the device. */
  signOut(options: { readonly clean: boolean }): Promise<void>;
  /** Somebody's key changed while signed in. Gives back how to stop. */
  onKeyChanged(listener: (change: PeerKeyChange) => void): () => void;
}

/** Opens the user's account at backend and service. */
export type OpenAccount = (identity: string) => Promise<Account>;

export function createSession(openAccount: OpenAccount): Session {
  const store = createStore<SessionState>({ status: 'signed-out' });
  const listeners = new Set<(change: PeerKeyChange) => void>();

  const enter = async (account: Account): Promise<void> => {
    store.set({ status: 'signing-in', identity: account.identity, step: 'chat' });
    const chat = createChatModel(await account.openChat());
    account.keys.onKeyChanged((change) => {
      chat.refreshMembers();
      for (const listener of listeners) listener(change);
    });
    // Without it the list of rooms says how to make one.
    await openWelcomeRoom(chat).catch(() => undefined);
    store.set({ status: 'signed-in', account, chat });
  };

  const getKey = async (take: (account: Account) => Promise<void>): Promise<void> => {
    const state = store.get();
    if (state.status !== 'needs-key') return;
    const { account } = state;
    store.set({ status: 'signing-in', identity: account.identity, step: 'key' });
    try {
      await take(account);
    } catch (error) {
      store.set({ status: 'needs-key', account, error });
      return;
    }
    await enter(account).catch((error: unknown) => store.set({ status: 'signed-out', error }));
  };

  return {
    get: store.get,
    subscribe: store.subscribe,

    async signIn(identity) {
      if (store.get().status === 'signing-in') return;
      store.set({ status: 'signing-in', identity, step: 'backend' });
      try {
        const account = await openAccount(identity);
        store.set({ status: 'signing-in', identity, step: 'key' });
        if (!(await hasKey(account))) {
          store.set({ status: 'needs-key', account });
          return;
        }
        await enter(account);
      } catch (error) {
        store.set({ status: 'signed-out', error });
      }
    },
    restoreKey: (password) => getKey(({ keys }) => keys.restore(password)),
    startWithNewKey: () => getKey(({ keys }) => keys.startWithNewKey()),

    async signOut({ clean }) {
      const state = store.get();
      if (state.status === 'signed-in') {
        await state.chat.close();
        if (clean) await state.account.keys.cleanup();
      }
      store.set({ status: 'signed-out' });
    },
    onKeyChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The key of this device, or one that is made now; false if the user's key is on another device. */
async function hasKey({ keys }: Account): Promise<boolean> {
  if (await keys.hasLocalKey()) return true;
  try {
    await keys.register();
    return true;
  } catch (error) {
    if (isSdkError(error, 'register/already-registered')) return false;
    throw error;
  }
}
