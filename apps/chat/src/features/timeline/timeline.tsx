/** The messages of a room, of which only those near the view are in the page. It stays at the newest, and loads older ones when scrolled up. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import {
  type KeyboardEvent,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { notifyProblem } from '../../components/toaster.tsx';
import type { RoomModel } from '../../state/room-model.ts';
import { useStore } from '../../state/use-store.ts';
import { explainProblem } from '../problems/explain-problem.ts';
import { Arrivals } from './arrivals.tsx';
import { buildRows } from './build-rows.ts';
import { RowView } from './row-view.tsx';
import styles from './timeline.module.css';

export interface TimelineHandle {
  /** Scrolls to a loaded message, and puts the focus on it. */
  show(index: number): void;
}

const ESTIMATED_HEIGHT = 58;
/** How near to the end still counts as reading along, in pixels. */
const END_WITHIN = 80;
const LOAD_OLDER_WITHIN = 600;

export function Timeline({
  ref,
  model,
  self,
  onAtEnd,
}: {
  ref: Ref<TimelineHandle>;
  model: RoomModel;
  self: string;
  onAtEnd: (isAtEnd: boolean) => void;
}) {
  const { status, error, messages, hasOlder, isLoadingOlder } = useStore(model.timeline);
  const outbox = useStore(model.outbox);
  const [firstUnreadIndex] = useState(() => firstUnreadOf(model));
  const rows = useMemo(
    () => buildRows({ messages, outbox, self, firstUnreadIndex }),
    [messages, outbox, self, firstUnreadIndex],
  );

  const scroller = useRef<HTMLDivElement>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const [shown, setShown] = useState<{ readonly key: string; readonly times: number }>();
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATED_HEIGHT,
    getItemKey: useCallback((at: number) => rows[at]?.key ?? at, [rows]),
    overscan: 12,
    anchorTo: 'end',
  });

  const show = (index: number): void => {
    const at = rows.findIndex((row) => row.kind === 'message' && row.message.index === index);
    const row = rows[at];
    if (row === undefined) return;
    isFollowing.current = false;
    virtualizer.scrollToIndex(at, { align: 'center' });
    setShown((before) => ({ key: row.key, times: (before?.times ?? 0) + 1 }));
  };
  useImperativeHandle(ref, () => ({ show }));

  // Whoever reads along at the end stays there, whatever grows: rows that are measured, the window, a composer that shrinks.
  const isFollowing = useRef(true);
  const totalHeight = virtualizer.getTotalSize();
  const follow = useCallback(() => {
    const element = scroller.current;
    if (element && isFollowing.current) element.scrollTop = element.scrollHeight;
  }, []);
  useLayoutEffect(follow, [follow, totalHeight, rows]);
  useEffect(() => {
    const observer = new ResizeObserver(follow);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, [follow]);
  // What the user sends is what the user wants to see.
  const sending = outbox.at(-1)?.key;
  useEffect(() => {
    if (sending === undefined) return;
    isFollowing.current = true;
    follow();
  }, [sending, follow]);

  useEffect(() => onAtEnd(isAtEnd), [isAtEnd, onAtEnd]);
  const loadOlder = useCallback(() => void model.timeline.loadOlder().catch(notifyProblem), [model]);
  const onScroll = (): void => {
    const element = scroller.current;
    if (!element) return;
    isFollowing.current = element.scrollHeight - element.scrollTop - element.clientHeight < END_WITHIN;
    setIsAtEnd(isFollowing.current);
    if (element.scrollTop < LOAD_OLDER_WITHIN && hasOlder && !isLoadingOlder) loadOlder();
  };

  return (
    <div className={styles['frame']}>
      <div
        ref={scroller}
        className={styles['scroller']}
        onScroll={onScroll}
        onKeyDown={moveFocus}
        role="region"
        aria-label="Messages. Arrow keys move between them."
        tabIndex={0}
      >
        {status === 'loading' && messages.length === 0 && (
          <div className={styles['middle']}>
            <Spinner label="Decrypting messages…" />
          </div>
        )}
        {status === 'error' && messages.length === 0 && (
          <EmptyState
            title="The messages cannot be loaded"
            actions={<Button onClick={() => void model.timeline.load()}>Try again</Button>}
          >
            {explainProblem(error).text}
          </EmptyState>
        )}
        {status === 'ready' && rows.length === 0 && (
          <EmptyState title="Nothing was said yet">
            What you write is encrypted on this device, for each member, before it is sent.
          </EmptyState>
        )}
        {isLoadingOlder && (
          <div className={styles['older']}>
            <Spinner label="Decrypting older messages…" />
          </div>
        )}
        <div role="list" aria-label="Messages" className={styles['list']} style={{ height: totalHeight }}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return (
              row && (
                <div
                  key={item.key}
                  ref={virtualizer.measureElement}
                  data-index={item.index}
                  role="listitem"
                  className={styles['row']}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <RowView row={row} model={model} self={self} shownTimes={shown?.key === row.key ? shown.times : 0} />
                </div>
              )
            );
          })}
        </div>
      </div>
      {!isAtEnd && (
        <span className={styles['toEnd']}>
          <IconButton
            label="To the newest message"
            icon={<ArrowDown size={20} aria-hidden="true" />}
            onClick={() => virtualizer.scrollToEnd({ behavior: 'smooth' })}
          />
        </span>
      )}
      <Arrivals model={model} self={self} />
    </div>
  );
}

/** Up and down move between messages, home and end to the first and last that are in the page. */
function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };
  const step = steps[event.key];
  const target = event.target as HTMLElement;
  if (step === undefined || target.closest('textarea, input, [role="menu"]')) return;
  const messages = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-message]')].sort(
    (a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top,
  );
  const current = messages.findIndex((message) => message.contains(document.activeElement));
  const next = current === -1 ? messages.at(-1) : messages[current + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}

/** Fixed when the room is opened: a line that moved with each message would be no use. */
function firstUnreadOf({ room }: RoomModel): number | undefined {
  const { unreadCount, readIndex } = room.facts.get();
  return unreadCount > 0 && readIndex !== undefined ? readIndex + 1 : undefined;
}
