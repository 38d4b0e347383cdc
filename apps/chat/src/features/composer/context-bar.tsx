/** Above the line: what is being answered or changed, and the way out of it. */
import { PencilLine, Reply, X } from 'lucide-react';
import { IconButton } from '../../components/button.tsx';
import type { ComposerDraft } from '../../state/composer-draft.ts';
import { previewMessage } from '../rooms/preview.ts';
import styles from './context-bar.module.css';

export function ContextBar({ draft, onStop }: { draft: ComposerDraft; onStop: () => void }) {
  const message = draft.editing ?? draft.replyTo;
  if (message === undefined) return null;
  const Icon = draft.editing ? PencilLine : Reply;
  return (
    <div className={styles['bar']}>
      <Icon size={16} aria-hidden="true" />
      <p className={styles['words']}>
        <span className={styles['what']}>
          {draft.editing ? 'Editing' : `Answering ${message.author ?? 'a message'}`}
        </span>
        <span className={styles['text']}>{previewMessage(message, '').text}</span>
      </p>
      <IconButton label="Cancel" size="s" icon={<X size={16} aria-hidden="true" />} onClick={onStop} />
    </div>
  );
}
