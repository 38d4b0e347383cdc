/** What a user decides about the keys of others. Members are judged anew after each decision. */
import { useMemo } from 'react';
import { useSignedIn } from './chat-context.ts';

export interface KeyDecisions {
  accept(identity: string): Promise<void>;
  refuse(identity: string): Promise<void>;
  verify(identity: string): Promise<void>;
  unverify(identity: string): Promise<void>;
}

export function useKeyDecisions(): KeyDecisions {
  const { account, chat } = useSignedIn();
  return useMemo(() => {
    const { keys } = account;
    const then = async (decision: Promise<void>): Promise<void> => {
      await decision;
      chat.refreshMembers();
    };
    return {
      accept: (identity) => then(keys.acceptKey(identity)),
      refuse: (identity) => then(keys.refuseKey(identity)),
      verify: (identity) => then(keys.setVerified(identity)),
      unverify: (identity) => then(keys.clearVerified(identity)),
    };
  }, [account, chat]);
}
