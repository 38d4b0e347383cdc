/** "What Twilio sees": each message in words, and beside it the very bytes that the chat service has. */
import { useMemo, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Panel, type RoomPanelProps } from '../../components/panel.tsx';
import { useSelf } from '../../state/chat-context.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { useStore } from '../../state/use-store.ts';
import { KnownFacts } from './known-facts.tsx';
import { useWire } from './use-wire.ts';
import styles from './wire-panel.module.css';
import { WireRowView } from './wire-row-view.tsx';
import { buildWireRows } from './wire-rows.ts';

const SHOWN_AT_ONCE = 30;

const SOURCES = {
  asking: 'Asking the emulator…',
  service: 'As the emulator stores it, byte for byte.',
  client: 'As Twilio’s own SDK received it: the stored body, attributes and media.',
} as const;

export default function WirePanel({ model, onClose }: RoomPanelProps<RoomModel>) {
  const self = useSelf();
  const { messages } = useStore(model.timeline);
  const { answer, source } = useWire(model);
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const rows = useMemo(() => buildWireRows(messages, answer), [messages, answer]);
  return (
    <Panel title="What Twilio sees" onClose={onClose}>
      <KnownFacts model={model} answer={answer} />
      <p className={styles['source']}>{SOURCES[source]} Newest first.</p>
      {rows.length === 0 && <EmptyState title="No message yet">Write one, and watch it arrive here.</EmptyState>}
      <ol className={styles['rows']}>
        {rows.slice(0, shown).map((row) => (
          <WireRowView key={row.ref} row={row} self={self} />
        ))}
      </ol>
      {rows.length > shown && (
        <Button onClick={() => setShown((count) => count + SHOWN_AT_ONCE)}>{rows.length - shown} older ones</Button>
      )}
    </Panel>
  );
}
