/** One row of a timeline. */
import { memo } from 'react';
import { EyeOff, KeyRound } from 'lucide-react';
import type { RoomModel } from '../../state/room-model.ts';
import type { Row } from './build-rows.ts';
import { formatDay } from './format-time.ts';
import { MessageView } from './message-view.tsx';
import { OutgoingView } from './outgoing-view.tsx';
import styles from './row-view.module.css';

export interface RowViewProps {
  readonly row: Row;
  readonly model: RoomModel;
  readonly self: string;
  /** Grows each time the user jumped to it. */
  readonly shownTimes: number;
}

export const RowView = memo(function RowView({ row, model, self, shownTimes }: RowViewProps) {
  switch (row.kind) {
    case 'day':
      return (
        <p className={styles['day']}>
          <span>{formatDay(row.date)}</span>
        </p>
      );
    case 'unread':
      return <p className={styles['unread']}>New since you were here</p>;
    case 'gap':
      return (
        <p className={styles['gap']}>
          <EyeOff size={16} aria-hidden="true" />
          {row.missing === 1 ? 'A message' : `${row.missing} messages`} of {row.sender ?? 'somebody'}{' '}
          {row.missing === 1 ? 'is' : 'are'} missing here: removed, or held back by the service
        </p>
      );
    case 'closed':
      return (
        <p className={styles['closed']}>
          <KeyRound size={16} aria-hidden="true" />
          {row.count === 1 ? 'A message that is' : `${row.count} messages that are`} not encrypted for this device: from
          before you joined, or for a former key of yours
        </p>
      );
    case 'outgoing':
      return <OutgoingView item={row.item} model={model} joinsAbove={row.joinsAbove} />;
    case 'message':
      return (
        <MessageView
          message={row.message}
          isOwn={row.isOwn}
          joinsAbove={row.joinsAbove}
          joinsBelow={row.joinsBelow}
          model={model}
          self={self}
          shownTimes={shownTimes}
        />
      );
  }
});
