/** Says that there is no connection, and what that means. Nothing while there is one. */
import { CloudOff } from 'lucide-react';
import { useConnection } from '../../state/use-rooms.ts';
import styles from './connection-note.module.css';

const WORDS = {
  offline: 'Offline. What you write is sent when the connection is back.',
  connecting: 'Connecting…',
  ended: 'The chat service ended the session. Sign out, and in again.',
} as const;

export function ConnectionNote() {
  const connection = useConnection();
  return (
    <div role="status">
      {connection !== 'online' && (
        <p className={styles['note']}>
          <CloudOff size={16} aria-hidden="true" />
          {WORDS[connection]}
        </p>
      )}
    </div>
  );
}
