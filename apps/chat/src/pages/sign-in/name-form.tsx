/** The name to sign in with. `?as=carol` of an opened second window fills it in and sends it. */
import { ExternalLink } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Avatar } from '../../components/avatar.tsx';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { readRecentNames, rememberName } from '../../state/recent-names.ts';
import { readStartName, rememberTabName } from './start-name.ts';
import styles from './sign-in-page.module.css';

const SUGGESTED = ['alice', 'carol'] as const;
const MAX_NAME_LENGTH = 64;

export interface NameFormProps {
  /** Whether to go on by itself as the name that the tab has. Not after a failure: it would fail again, and again. */
  readonly mayStart: boolean;
  readonly onSubmit: (name: string) => void;
}

export function NameForm({ mayStart, onSubmit }: NameFormProps) {
  const [name, setName] = useState('');
  const recent = readRecentNames(localStorage);
  const names = [...recent, ...SUGGESTED.filter((suggested) => !recent.includes(suggested))];
  const enter = (chosen: string): void => {
    rememberName(localStorage, chosen);
    rememberTabName(chosen);
    onSubmit(chosen);
  };

  const hasStarted = useRef(false);
  useEffect(() => {
    if (!mayStart || hasStarted.current) return;
    hasStarted.current = true;
    const start = readStartName();
    if (start !== undefined) enter(start);
  });

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const chosen = name.trim();
    if (chosen !== '') enter(chosen);
  };
  return (
    <>
      <form onSubmit={submit} className={styles['form']}>
        <Field
          label="Your name"
          name="name"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={MAX_NAME_LENGTH}
          value={name}
          onChange={(event) => setName(event.target.value)}
          hint="The first sign-in makes a key pair in this browser and publishes its public half."
        />
        <Button type="submit" look="primary" disabled={name.trim() === ''}>
          Sign in
        </Button>
      </form>
      <div className={styles['names']}>
        <p className={styles['label']} id="names-label">
          {recent.length > 0 ? 'On this device, or new' : 'Or simply as'}
        </p>
        <ul className={styles['list']} aria-labelledby="names-label">
          {names.map((known) => (
            <li key={known} className={styles['row']}>
              <button type="button" className={styles['person']} onClick={() => enter(known)}>
                <Avatar name={known} />
                <span className={styles['personName']}>{known}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      <p className={styles['second']}>
        <ExternalLink size={16} aria-hidden="true" />
        <span>
          To see both sides,{' '}
          <a href="/?as=carol" target="_blank" rel="noopener">
            open a second window as carol
          </a>
          , and sign in here as alice.
        </span>
      </p>
    </>
  );
}
