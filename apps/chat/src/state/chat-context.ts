/** The signed-in user and the rooms, for the hooks and views below. */
import { createContext, useContext } from 'react';
import type { Account } from './account.ts';
import type { AttachmentCache } from './attachment-cache.ts';
import type { ChatModel } from './chat-model.ts';

export interface SignedIn {
  readonly account: Account;
  readonly chat: ChatModel;
  readonly files: AttachmentCache;
}

export const SignedInContext = createContext<SignedIn | undefined>(undefined);

export function useSignedIn(): SignedIn {
  const signedIn = useContext(SignedInContext);
  if (signedIn === undefined) throw new Error('There is no signed-in user above this view.');
  return signedIn;
}

/** The name of the signed-in user. */
export function useSelf(): string {
  return useSignedIn().account.identity;
}
