/** Adds the keys of the backup to those of this device. */
import { useState } from 'react';
import { Field } from '../../components/field.tsx';
import { useSignedIn } from '../../state/chat-context.ts';
import { BackupForm } from './backup-form.tsx';

export function RestoreForm() {
  const { keys } = useSignedIn().account;
  const [password, setPassword] = useState('');
  return (
    <BackupForm
      text="Brings keys that another device has backed up here, and takes none away. Messages that were closed open by themselves."
      action="Restore"
      busy="Fetching and opening it…"
      done="All keys of the backup are on this device."
      isReady={password !== ''}
      run={() => keys.restore(password)}
    >
      <Field
        label="Password of the backup"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
    </BackupForm>
  );
}
