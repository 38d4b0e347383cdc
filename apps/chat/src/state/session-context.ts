/** The session of the page, for the hooks and views below. */
import { createContext, useContext } from 'react';
import type { Session, SessionState } from './session.ts';
import { useStore } from './use-store.ts';

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('There is no session above this view.');
  return session;
}

export function useSessionState(): SessionState {
  return useStore(useSession());
}
