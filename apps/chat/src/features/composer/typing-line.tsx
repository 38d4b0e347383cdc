/** Who is writing at the moment. Its line is always there, so that nothing moves. */
import { useSelf } from '../../state/chat-context.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { useRoomFacts } from '../../state/use-rooms.ts';
import { listNames } from '../verification/explain.ts';
import styles from './typing-line.module.css';

export function TypingLine({ model }: { model: RoomModel }) {
  const self = useSelf();
  const names = useRoomFacts(model).typing.filter((identity) => identity !== self);
  return (
    <p className={styles['line']} aria-live="polite">
      {names.length > 0 && `${listNames(names)} ${names.length === 1 ? 'is' : 'are'} writing…`}
    </p>
  );
}
