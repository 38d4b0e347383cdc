/** In place of a message that was not verified: what is the matter, and what helps. */
import type { RoomMessage } from '@sotto/chat';
import { ShieldX } from 'lucide-react';
import { classNames } from '../../components/class-names.ts';
import { Button } from '../../components/button.tsx';
import { notifyProblem } from '../../components/toaster.tsx';
import { useTask } from '../../components/use-task.ts';
import { explainVerification } from '../verification/explain.ts';
import styles from './failed-message.module.css';

/** Reasons of which another try may know better. */
const MAY_PASS: ReadonlySet<string> = new Set([
  'unavailable',
  'unknown-key',
  'key-not-accepted',
  'not-for-this-device',
  'media-missing',
]);

export function FailedMessage({ message, self }: { message: RoomMessage; self: string }) {
  const { title, text, tone } = explainVerification(message, self);
  const task = useTask();
  const { verification } = message;
  const mayPass = verification.state === 'failed' && MAY_PASS.has(verification.reason);
  return (
    <div className={styles['failed']}>
      <p className={classNames(styles['title'], tone === 'danger' && styles['danger'])}>
        <ShieldX size={16} aria-hidden="true" />
        {title}
      </p>
      <p className={styles['text']}>{text}</p>
      {mayPass && (
        <Button
          size="s"
          disabled={task.isRunning}
          onClick={() => void task.run(() => message.retry()).catch(notifyProblem)}
        >
          {task.isRunning ? 'Trying…' : 'Try again'}
        </Button>
      )}
    </div>
  );
}
