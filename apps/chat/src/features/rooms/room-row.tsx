/** One room in the list. */
import { Lock } from 'lucide-react';
import { Avatar } from '../../components/avatar.tsx';
import { classNames } from '../../components/class-names.ts';
import { routeToHash } from '../../pages/chat/use-route.ts';
import { useSelf } from '../../state/chat-context.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { useRoomFacts } from '../../state/use-rooms.ts';
import { useStore, useStorePart } from '../../state/use-store.ts';
import { formatShort } from '../timeline/format-time.ts';
import { previewMessage } from './preview.ts';
import { nameRoom } from './room-name.ts';
import styles from './room-row.module.css';

export function RoomRow({ model, isOpen }: { model: RoomModel; isOpen: boolean }) {
  const self = useSelf();
  const { unreadCount, lastActivityAt, participants, typing } = useRoomFacts(model);
  const title = useStore(model.title);
  const newest = useStorePart(model.timeline, ({ messages }) => messages.at(-1));
  const isLoading = useStorePart(model.timeline, ({ status }) => status === 'loading');
  const name = nameRoom(title, participants, self);
  const preview = previewMessage(newest, self);
  const sentAt = newest?.sentAt ?? lastActivityAt;
  const isTyping = typing.some((identity) => identity !== self);
  return (
    <a
      href={routeToHash({ room: model.id, panel: undefined })}
      aria-current={isOpen ? 'page' : undefined}
      className={classNames(styles['row'], isOpen && styles['open'], unreadCount > 0 && styles['unread'])}
    >
      <Avatar name={name} isRoom />
      <span className={styles['name']}>{name}</span>
      <span className={styles['time']}>{sentAt && formatShort(sentAt)}</span>
      <span className={classNames(styles['preview'], preview.isRemark && styles['remark'])}>
        {isTyping ? 'typing…' : isLoading ? <Decrypting /> : preview.text}
      </span>
      {unreadCount > 0 && !isOpen && (
        <span className={styles['count']}>
          <span className="visually-hidden">Unread: </span>
          {unreadCount > 99 ? '99+' : unreadCount}
        </span>
      )}
    </a>
  );
}

function Decrypting() {
  return (
    <>
      <Lock size={12} aria-hidden="true" /> Decrypting…
    </>
  );
}
