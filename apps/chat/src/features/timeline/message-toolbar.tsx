/** What can be done with a message: shown on hover, and when the message or something in it has the focus. */
import type { RoomMessage } from '@sotto/chat';
import { Copy, EllipsisVertical, Info, PencilLine, Reply, Trash2 } from 'lucide-react';
import { type RefObject, useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { Menu, MenuItem } from '../../components/menu.tsx';
import { notify, notifyProblem } from '../../components/toaster.tsx';
import type { RoomModel } from '../../state/room-model.ts';
import { ReactionPicker } from '../reactions/reaction-picker.tsx';
import { MessageDetails } from '../verification/message-details.tsx';
import styles from './message-toolbar.module.css';
import { useTimelineActions } from './timeline-actions.ts';

export interface MessageToolbarProps {
  readonly message: RoomMessage;
  readonly isOwn: boolean;
  readonly model: RoomModel;
  readonly self: string;
  readonly anchor: RefObject<HTMLElement | null>;
}

export function MessageToolbar({ message, isOwn, model, self, anchor }: MessageToolbarProps) {
  const { reply, edit } = useTimelineActions();
  const [isDetails, setIsDetails] = useState(false);
  const { verification, text } = message;
  const isVerified = verification.state === 'verified';
  const isThere = verification.state !== 'removed';
  const copy = (): void => {
    void navigator.clipboard.writeText(text ?? '').then(() => notify('Copied'), notifyProblem);
  };
  return (
    <div className={styles['toolbar']}>
      {isVerified && <ReactionPicker message={message} self={self} />}
      {isVerified && (
        <IconButton
          label="Reply"
          size="s"
          icon={<Reply size={17} aria-hidden="true" />}
          onClick={() => reply(message)}
        />
      )}
      <Menu trigger={<IconButton label="More" size="s" icon={<EllipsisVertical size={17} aria-hidden="true" />} />}>
        <MenuItem icon={<Info size={17} aria-hidden="true" />} onSelect={() => setIsDetails(true)}>
          How it is verified
        </MenuItem>
        {text !== null && text !== '' && (
          <MenuItem icon={<Copy size={17} aria-hidden="true" />} onSelect={copy}>
            Copy text
          </MenuItem>
        )}
        {isOwn && isVerified && model.room.encrypted.transport.can.edit && (
          <MenuItem icon={<PencilLine size={17} aria-hidden="true" />} onSelect={() => edit(message)}>
            Edit
          </MenuItem>
        )}
        {isOwn && isThere && model.room.encrypted.transport.can.remove && (
          <MenuItem
            icon={<Trash2 size={17} aria-hidden="true" />}
            isDanger
            onSelect={() => void message.remove().catch(notifyProblem)}
          >
            Delete for everybody
          </MenuItem>
        )}
      </Menu>
      {isDetails && (
        <MessageDetails message={message} self={self} anchor={anchor} onClose={() => setIsDetails(false)} />
      )}
    </div>
  );
}
