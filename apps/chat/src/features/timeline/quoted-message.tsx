/** What a message answers, as the reader's own device has it: the quotation is not part of the answer, so nobody can make it up. */
import type { RoomModel } from '../../state/room-model.ts';
import { useStorePart } from '../../state/use-store.ts';
import { previewMessage } from '../rooms/preview.ts';
import styles from './quoted-message.module.css';
import { useTimelineActions } from './timeline-actions.ts';

export function QuotedMessage({ index, model, self }: { index: number; model: RoomModel; self: string }) {
  const { jump } = useTimelineActions();
  const quoted = useStorePart(model.timeline, ({ messages }) => messages.find((message) => message.index === index));
  const who = quoted && (quoted.author === self ? 'You' : quoted.author);
  const text = quoted ? previewMessage(quoted, '').text : 'An older message';
  return (
    <button type="button" className={styles['quote']} onClick={() => jump(index)}>
      <span className="visually-hidden">In answer to: </span>
      {who && <span className={styles['who']}>{who}</span>}
      <span className={styles['text']}>{text}</span>
    </button>
  );
}
