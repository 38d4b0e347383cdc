/** For a user whose key is on another device: the backup brings it here; without one there is a new key. */
import { type FormEvent, useState } from 'react';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { explainProblem } from '../../features/problems/explain-problem.ts';
import { useSession } from '../../state/session-context.ts';
import { rememberTabName } from './start-name.ts';
import styles from './sign-in-page.module.css';

export function GetKey({ identity, error }: { identity: string; error: unknown }) {
  const session = useSession();
  const [password, setPassword] = useState('');
  const problem = error === undefined ? undefined : explainProblem(error);
  const restore = (event: FormEvent): void => {
    event.preventDefault();
    if (password !== '') void session.restoreKey(password);
  };
  const leave = (): void => {
    rememberTabName(undefined);
    void session.signOut({ clean: false });
  };
  return (
    <div className={styles['form']}>
      <Banner tone="neutral" title={`${identity} has a key, and it is not on this device`}>
        Bring it here from the backup, and everything becomes readable. Or start with a new key: what was written before
        stays closed, and others see that your key has changed.
      </Banner>
      <form className={styles['form']} onSubmit={restore}>
        <Field
          label="Password of the backup"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          problem={problem && `${problem.title}. ${problem.text}`}
        />
        <Button type="submit" look="primary" disabled={password === ''}>
          Restore my key
        </Button>
      </form>
      <div className={styles['choices']}>
        <Button onClick={() => void session.startWithNewKey()}>Start with a new key</Button>
        <Button look="quiet" onClick={leave}>
          Another name
        </Button>
      </div>
    </div>
  );
}
