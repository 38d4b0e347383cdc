/** The chat: rooms at the left, the open one in the middle, a panel beside it. On a narrow screen one of the three at a time. */
import { lazy, Suspense, useEffect, useRef } from 'react';
import { EmptyState } from '../../components/empty-state.tsx';
import { classNames } from '../../components/class-names.ts';
import { Spinner } from '../../components/spinner.tsx';
import { useMedia } from '../../components/use-media.ts';
import { KeyChangeNotices } from '../../features/members/key-change-notices.tsx';
import { RoomList } from '../../features/rooms/room-list.tsx';
import { RoomView } from '../../features/rooms/room-view.tsx';
import { useRooms } from '../../state/use-rooms.ts';
import { useUnreadCount } from '../../state/use-unread-count.ts';
import styles from './chat-page.module.css';
import { goTo, type PanelName, useRoute } from './use-route.ts';

const PANEL_VIEWS = {
  members: lazy(() => import('../../features/members/members-panel.tsx')),
  search: lazy(() => import('../../features/search/search-panel.tsx')),
  wire: lazy(() => import('../../features/wire/wire-panel.tsx')),
  attack: lazy(() => import('../../features/attack/attack-panel.tsx')),
} as const;

export default function ChatPage() {
  const { room: roomId, panel } = useRoute();
  const rooms = useRooms();
  const model = rooms?.find(({ id }) => id === roomId);
  const first = rooms?.[0]?.id;
  const unread = useUnreadCount();
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Sotto chat` : 'Sotto chat';
  }, [unread]);
  const isWide = useMedia('(min-width: 46rem)');

  // On a wide screen there is no reason to show an empty middle.
  useEffect(() => {
    if (isWide && model === undefined && first !== undefined)
      goTo({ room: first, panel: undefined }, { replace: true });
  }, [isWide, model, first]);

  const open = (next: PanelName | undefined): void =>
    goTo({ room: roomId, panel: next }, { replace: panel !== undefined });
  const jumpTo = useRef<(index: number) => void>(() => {});
  const hasRoomBeside = useMedia('(min-width: 70rem)');
  const show = (index: number): void => {
    if (hasRoomBeside) return jumpTo.current(index);
    // The panel covers the room, which has a height to scroll in only once it is there again.
    open(undefined);
    window.addEventListener('hashchange', () => setTimeout(() => jumpTo.current(index)), { once: true });
  };
  const Panel = panel && model ? PANEL_VIEWS[panel] : undefined;
  return (
    <main
      className={classNames(
        styles['page'],
        model && styles['hasRoom'],
        Panel && styles['hasPanel'],
        panel && styles[panel],
      )}
    >
      <h1 className="visually-hidden">Sotto chat</h1>
      <KeyChangeNotices />
      <section className={styles['rooms']} aria-label="Rooms">
        <RoomList openRoom={model?.id} onOpen={(room) => goTo({ room, panel: undefined })} />
      </section>
      <div className={styles['room']}>
        {model ? (
          <RoomView
            key={model.id}
            model={model}
            panel={panel}
            onPanel={open}
            onBack={() => goTo({ room: undefined, panel: undefined })}
            jumpTo={jumpTo}
          />
        ) : (
          rooms !== undefined && (
            <EmptyState title={rooms.length === 0 ? 'No rooms yet' : 'Choose a room'}>
              {rooms.length === 0 ? 'Make one with “New room”, and name who is to read along.' : null}
            </EmptyState>
          )
        )}
      </div>
      {Panel && model && (
        <div className={styles['panel']}>
          <Suspense fallback={<Spinner label="Opening…" isLabelShown={false} />}>
            <Panel key={model.id} model={model} onClose={() => open(undefined)} onJump={show} />
          </Suspense>
        </div>
      )}
    </main>
  );
}
