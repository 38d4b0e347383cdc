/** The code as text, for two windows on one desk: copy it there, paste it here. A camera would do the same. */
import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { notify, notifyProblem } from '../../components/toaster.tsx';
import { useTask } from '../../components/use-task.ts';
import { useSignedIn } from '../../state/chat-context.ts';
import { explainProblem } from '../problems/explain-problem.ts';
import styles from './safety-dialog.module.css';

export interface PasteCodeProps {
  readonly identity: string;
  /** Of the own code. */
  readonly text: string;
  readonly onMatch: () => void;
}

export function PasteCode({ identity, text, onMatch }: PasteCodeProps) {
  const { keys } = useSignedIn().account;
  const [pasted, setPasted] = useState('');
  const task = useTask();
  const compare = (event: FormEvent): void => {
    event.preventDefault();
    void task.run(() => keys.compareQr(identity, pasted.trim())).then((isSame) => isSame && onMatch());
  };
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => notify('Copied your code'), notifyProblem);
  };
  const problem = task.error === undefined ? undefined : explainProblem(task.error);
  return (
    <form className={styles['paste']} onSubmit={compare}>
      <Button size="s" onClick={copy}>
        Copy my code as text
      </Button>
      <Field
        label={`Text of the code on ${identity}’s screen`}
        autoComplete="off"
        spellCheck={false}
        value={pasted}
        onChange={(event) => setPasted(event.target.value)}
        problem={problem && `${problem.title}. ${problem.text}`}
      />
      <Button type="submit" size="s" disabled={pasted.trim() === '' || task.isRunning}>
        Compare
      </Button>
    </form>
  );
}
