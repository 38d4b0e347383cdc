/** Who are you? And, where this device has no key of the user: restore it, or start with a new one. */
import { Banner } from '../../components/banner.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { explainProblem } from '../../features/problems/explain-problem.ts';
import type { SessionState, SignInStep } from '../../state/session.ts';
import { useSession } from '../../state/session-context.ts';
import { GetKey } from './get-key.tsx';
import { NameForm } from './name-form.tsx';
import { Logo } from './logo.tsx';
import styles from './sign-in-page.module.css';

const STEPS: Readonly<Record<SignInStep, string>> = {
  backend: 'Signing in…',
  key: 'Looking for your key, or making one…',
  chat: 'Opening your rooms…',
};

export function SignInPage({ state }: { state: Exclude<SessionState, { status: 'signed-in' }> }) {
  const session = useSession();
  return (
    <main className={styles['page']}>
      <div className={styles['card']}>
        <header className={styles['head']}>
          <Logo size={44} />
          <h1 className={styles['title']}>Sotto chat</h1>
          <p className={styles['lead']}>
            Only the people in a room can read it. Not the chat service, not this server, not us.
          </p>
        </header>
        {state.status === 'signing-in' && (
          <div className={styles['busy']}>
            <p className={styles['who']}>{state.identity}</p>
            <Spinner label={STEPS[state.step]} />
          </div>
        )}
        {state.status === 'needs-key' && <GetKey identity={state.account.identity} error={state.error} />}
        {state.status === 'signed-out' && (
          <>
            {state.error !== undefined && <SignInProblem error={state.error} />}
            <NameForm mayStart={state.error === undefined} onSubmit={(name) => void session.signIn(name)} />
          </>
        )}
      </div>
      <p className={styles['foot']}>
        A demonstration: anybody may sign in as anybody. Your key is made in this browser and never leaves it, unless
        you back it up under a password.
      </p>
    </main>
  );
}

function SignInProblem({ error }: { error: unknown }) {
  const { title, text } = explainProblem(error);
  return (
    <Banner tone="danger" title={title} isAnnounced>
      {text}
    </Banner>
  );
}
