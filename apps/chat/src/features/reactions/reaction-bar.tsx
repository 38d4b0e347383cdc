/** The reactions below a message. They are encrypted too. */
import type { RoomMessage } from '@sotto/chat';
import { classNames } from '../../components/class-names.ts';
import { notifyProblem } from '../../components/toaster.tsx';
import { listNames } from '../verification/explain.ts';
import { nameEmoji } from './emoji.ts';
import styles from './reactions.module.css';
import { toggleReaction } from './toggle-reaction.ts';

export function ReactionBar({ message, self }: { message: RoomMessage; self: string }) {
  if (message.reactions.length === 0) return null;
  return (
    <ul className={styles['bar']} aria-label="Reactions">
      {message.reactions.map(({ emoji, by }) => (
        <li key={emoji}>
          <button
            type="button"
            className={classNames(styles['reaction'], by.includes(self) && styles['own'])}
            aria-pressed={by.includes(self)}
            aria-label={`${nameEmoji(emoji)}, by ${listNames(by.map((name) => (name === self ? 'you' : name)))}`}
            title={listNames(by)}
            onClick={() => void toggleReaction(message, emoji, self).catch(notifyProblem)}
          >
            {emoji} {by.length > 1 && by.length}
          </button>
        </li>
      ))}
    </ul>
  );
}
