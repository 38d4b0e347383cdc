/** The frame of the three forms about backups: fields, a button, and what came of it. */
import { type ReactNode, useState } from 'react';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { useTask } from '../../components/use-task.ts';
import { explainProblem } from '../problems/explain-problem.ts';
import styles from './backup-dialog.module.css';

export interface BackupFormProps {
  readonly text: string;
  readonly action: string;
  readonly busy: string;
  readonly done: string;
  readonly isReady: boolean;
  readonly run: () => Promise<void>;
  readonly children: ReactNode;
}

export function BackupForm({ text, action, busy, done, isReady, run, children }: BackupFormProps) {
  const task = useTask();
  const [isDone, setIsDone] = useState(false);
  const problem = task.error === undefined ? undefined : explainProblem(task.error);
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        setIsDone(false);
        if (isReady) void task.run(run).then(setIsDone);
      }}
    >
      <p className={styles['text']}>{text}</p>
      {children}
      {problem && (
        <Banner tone="danger" title={problem.title} isAnnounced>
          {problem.text}
        </Banner>
      )}
      {isDone && <Banner tone="good" title={done} isAnnounced />}
      <Button type="submit" look="primary" disabled={!isReady || task.isRunning}>
        {task.isRunning ? busy : action}
      </Button>
    </form>
  );
}
