/** A few reactions to choose from. */
import { Popover } from '@base-ui/react/popover';
import type { RoomMessage } from '@sotto/chat';
import { SmilePlus } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { notifyProblem } from '../../components/toaster.tsx';
import { REACTIONS } from './emoji.ts';
import styles from './reactions.module.css';
import { toggleReaction } from './toggle-reaction.ts';
import { popupContainer } from '../../components/popup-container.ts';

export function ReactionPicker({ message, self }: { message: RoomMessage; self: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const choose = (emoji: string): void => {
    setIsOpen(false);
    void toggleReaction(message, emoji, self).catch(notifyProblem);
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger
        render={<IconButton label="React" size="s" icon={<SmilePlus size={17} aria-hidden="true" />} />}
      />
      <Popover.Portal container={popupContainer()}>
        <Popover.Positioner side="top" sideOffset={6} className={styles['positioner']}>
          <Popover.Popup className={styles['picker']} aria-label="Reactions">
            {REACTIONS.map(({ emoji, name }) => (
              <button
                key={emoji}
                type="button"
                className={styles['choice']}
                aria-label={name}
                onClick={() => choose(emoji)}
              >
                {emoji}
              </button>
            ))}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
