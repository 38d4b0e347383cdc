/** Makes the backup, under a password that is typed twice. */
import { useState } from 'react';
import { Field } from '../../components/field.tsx';
import { useSignedIn } from '../../state/chat-context.ts';
import { BackupForm } from './backup-form.tsx';
import { judgePassword } from './judge-password.ts';

export function BackUpForm() {
  const { keys } = useSignedIn().account;
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const advice = judgePassword(password);
  const differs = again !== '' && again !== password;
  return (
    <BackupForm
      text="With it you read your messages on another device, or here after you signed out and removed your key."
      action="Back up"
      busy="Encrypting, storing, and checking…"
      done="Backed up. It was fetched once more, and it opens."
      isReady={advice === undefined && again === password}
      run={() => keys.backUp(password)}
    >
      <Field
        label="Password"
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        hint={advice ?? 'Nobody can reset it. Write it down where you keep such things.'}
      />
      <Field
        label="Password, again"
        type="password"
        autoComplete="new-password"
        value={again}
        onChange={(event) => setAgain(event.target.value)}
        problem={differs ? 'The two differ.' : undefined}
      />
    </BackupForm>
  );
}
