/** The rooms of the user: newest first, with a line of each that this device decrypted. */
import { MessageSquarePlus } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useRooms } from '../../state/use-rooms.ts';
import { AccountBar } from '../account/account-bar.tsx';
import { ConnectionNote } from '../account/connection-note.tsx';
import { NewRoomDialog } from './new-room-dialog.tsx';
import { RoomRow } from './room-row.tsx';
import styles from './room-list.module.css';

export function RoomList({ openRoom, onOpen }: { openRoom: string | undefined; onOpen: (room: string) => void }) {
  const rooms = useRooms();
  const [isMaking, setIsMaking] = useState(false);
  return (
    <>
      <header className={styles['head']}>
        <h2 className={styles['title']}>Rooms</h2>
        <IconButton
          label="New room"
          icon={<MessageSquarePlus size={20} aria-hidden="true" />}
          onClick={() => setIsMaking(true)}
        />
      </header>
      <ConnectionNote />
      <nav className={styles['list']} aria-label="Your rooms">
        {rooms === undefined && <Spinner label="Opening your rooms…" />}
        {rooms?.length === 0 && <EmptyState title="No rooms yet">Make one, and name who is to read along.</EmptyState>}
        <ul>
          {rooms?.map((model) => (
            <li key={model.id}>
              <RoomRow model={model} isOpen={model.id === openRoom} />
            </li>
          ))}
        </ul>
      </nav>
      <AccountBar />
      {isMaking && (
        <NewRoomDialog
          onClose={() => setIsMaking(false)}
          onMade={(room) => {
            setIsMaking(false);
            onOpen(room);
          }}
        />
      )}
    </>
  );
}
