/** How far an own message has come. Who has read it is what the service says: it cannot be verified. */
import { Check, CheckCheck } from 'lucide-react';
import type { RoomModel } from '../../state/room-model.ts';
import { useRoomFacts } from '../../state/use-rooms.ts';
import { listNames } from '../verification/explain.ts';
import styles from './read-ticks.module.css';

export function ReadTicks({ index, model, self }: { index: number; model: RoomModel; self: string }) {
  const { participants } = useRoomFacts(model);
  const others = participants.filter(({ identity }) => identity !== self);
  const readers = others.filter(({ readIndex }) => readIndex !== undefined && readIndex >= index);
  if (readers.length === 0) return <Check size={14} role="img" aria-label="Sent" />;
  const label = `Read by ${listNames(readers.map(({ identity }) => identity ?? 'a telephone'))}`;
  const isByAll = readers.length === others.length;
  return <CheckCheck size={15} role="img" aria-label={label} className={isByAll ? styles['all'] : undefined} />;
}
