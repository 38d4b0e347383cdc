/** Puts the backup under another password. */
import { useState } from 'react';
import { Field } from '../../components/field.tsx';
import { useSignedIn } from '../../state/chat-context.ts';
import { BackupForm } from './backup-form.tsx';
import { judgePassword } from './judge-password.ts';

export function ChangePasswordForm() {
  const { keys } = useSignedIn().account;
  const [password, setPassword] = useState('');
  const [next, setNext] = useState('');
  const advice = judgePassword(next);
  return (
    <BackupForm
      text="The old password opens nothing from then on."
      action="Change password"
      busy="Encrypting anew…"
      done="The backup is under the new password."
      isReady={password !== '' && advice === undefined}
      run={() => keys.changePassword(password, next)}
    >
      <Field
        label="Present password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Field
        label="New password"
        type="password"
        autoComplete="new-password"
        value={next}
        onChange={(event) => setNext(event.target.value)}
        hint={advice}
      />
    </BackupForm>
  );
}
