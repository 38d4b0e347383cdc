/** The page by the state of the session: signing in, or the chat. */
import { Tooltip } from '@base-ui/react/tooltip';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { popupContainerProps } from './components/popup-container.ts';
import { Toaster } from './components/toaster.tsx';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';
import { createAttachmentCache } from './state/attachment-cache.ts';
import { SignedInContext } from './state/chat-context.ts';
import type { Session, SessionState } from './state/session.ts';
import { SessionContext } from './state/session-context.ts';
import { useStore } from './state/use-store.ts';

const loadChatPage = () => import('./pages/chat/chat-page.tsx');
const ChatPage = lazy(loadChatPage);

export function App({ session }: { session: Session }) {
  const state = useStore(session);
  const isOnTheWay = state.status === 'signing-in';
  useEffect(() => {
    // Only to have it earlier: what fails here is tried again when the page is shown.
    if (isOnTheWay) loadChatPage().catch(() => undefined);
  }, [isOnTheWay]);
  return (
    <SessionContext value={session}>
      <Tooltip.Provider delay={500}>
        <section {...popupContainerProps} />
        <Toaster>{state.status === 'signed-in' ? <SignedInApp state={state} /> : <SignInPage state={state} />}</Toaster>
      </Tooltip.Provider>
    </SessionContext>
  );
}

function SignedInApp({ state: { account, chat } }: { state: Extract<SessionState, { status: 'signed-in' }> }) {
  const files = useMemo(() => createAttachmentCache(), [chat]);
  useEffect(() => () => files.close(), [files]);
  const signedIn = useMemo(() => ({ account, chat, files }), [account, chat, files]);
  return (
    <SignedInContext value={signedIn}>
      <ErrorBoundary>
        <Suspense fallback={<SignInPage state={{ status: 'signing-in', identity: account.identity, step: 'chat' }} />}>
          <ChatPage />
        </Suspense>
      </ErrorBoundary>
    </SignedInContext>
  );
}
