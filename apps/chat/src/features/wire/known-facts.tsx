/** In words: what the chat service knows of this room, and what it does not. */
import { Eye, EyeOff } from 'lucide-react';
import type { RoomModel } from '../../state/room-model.ts';
import { useRoomFacts } from '../../state/use-rooms.ts';
import { useStorePart } from '../../state/use-store.ts';
import { formatFull } from '../timeline/format-time.ts';
import { listNames } from '../verification/explain.ts';
import type { WireAnswer } from './contract.ts';
import styles from './wire-panel.module.css';

export function KnownFacts({ model, answer }: { model: RoomModel; answer: WireAnswer | undefined }) {
  const { participants, createdBy, createdAt } = useRoomFacts(model);
  const count = useStorePart(model.timeline, ({ messages }) => messages.length);
  const names = participants.map(({ identity }) => identity ?? 'a telephone');
  return (
    <div className={styles['facts']}>
      <section className={styles['card']}>
        <h3 className={styles['heading']}>
          <Eye size={16} aria-hidden="true" /> It sees
        </h3>
        <ul className={styles['bullets']}>
          <li>who is here: {listNames(names)}</li>
          {createdBy && (
            <li>
              that {createdBy} began it{createdAt && `, ${formatFull(createdAt)}`}
            </li>
          )}
          <li>who writes when, and how long it is ({answer ? answer.messages.length : count} messages)</li>
          <li>who has read how far, and who is typing</li>
        </ul>
      </section>
      <section className={styles['card']}>
        <h3 className={styles['heading']}>
          <EyeOff size={16} aria-hidden="true" /> It does not see
        </h3>
        <ul className={styles['bullets']}>
          <li>a word of any message, also not of former versions</li>
          <li>the title of the room</li>
          <li>files, their names and their kinds</li>
          <li>which reactions there are</li>
        </ul>
      </section>
    </div>
  );
}
