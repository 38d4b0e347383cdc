/** Search in what this page has decrypted of the room. */
import { useDeferredValue, useMemo, useState } from 'react';
import { Avatar } from '../../components/avatar.tsx';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Field } from '../../components/field.tsx';
import { Panel, type RoomPanelProps } from '../../components/panel.tsx';
import { notifyProblem } from '../../components/toaster.tsx';
import { useTask } from '../../components/use-task.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { searchMessages } from '../../state/search.ts';
import { useStore } from '../../state/use-store.ts';
import { formatShort } from '../timeline/format-time.ts';
import { excerptOf } from './excerpt.ts';
import styles from './search-panel.module.css';

const SHOWN_AT_ONCE = 100;

export default function SearchPanel({ model, onClose, onJump }: RoomPanelProps<RoomModel>) {
  const { messages, hasOlder } = useStore(model.timeline);
  const [query, setQuery] = useState('');
  const wanted = useDeferredValue(query);
  const hits = useMemo(() => searchMessages(messages, wanted), [messages, wanted]);
  const task = useTask();
  const loadAll = (): void => {
    void task
      .run(async () => {
        while (model.timeline.get().hasOlder) await model.timeline.loadOlder();
      })
      .catch(notifyProblem);
  };
  const isAsked = wanted.trim() !== '';
  return (
    <Panel
      title="Search"
      onClose={onClose}
      toolbar={
        <Field
          label="Words"
          type="search"
          autoFocus
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          hint={`In the ${messages.length} messages that this page has decrypted. The index is in memory, and gone when you reload.`}
        />
      }
    >
      <p role="status" className={styles['count']}>
        {isAsked && (hits.length === 1 ? '1 message' : `${hits.length} messages`)}
      </p>
      {isAsked && hits.length === 0 && (
        <EmptyState title="Nothing found">
          {hasOlder ? 'Older messages have not been looked at yet.' : 'All messages of the room were looked at.'}
        </EmptyState>
      )}
      <ul className={styles['hits']}>
        {hits.slice(0, SHOWN_AT_ONCE).map(({ message, at, length }) => {
          const { before, match, after } = excerptOf(message.text ?? message.attachments[0]?.name ?? '', at, length);
          return (
            <li key={message.ref}>
              <button type="button" className={styles['hit']} onClick={() => onJump(message.index)}>
                <Avatar name={message.author} size="s" />
                <span className={styles['who']}>{message.author}</span>
                <span className={styles['time']}>{message.sentAt && formatShort(message.sentAt)}</span>
                <span className={styles['text']}>
                  {before}
                  <mark>{match}</mark>
                  {after}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {hasOlder && (
        <Button disabled={task.isRunning} onClick={loadAll}>
          {task.isRunning ? 'Decrypting older messages…' : 'Look at older messages, too'}
        </Button>
      )}
    </Panel>
  );
}
