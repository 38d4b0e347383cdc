/** The frame of a panel beside a room: a title, a way to close it, and a body that scrolls. */
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import styles from './panel.module.css';

export function Panel({
  title,
  onClose,
  toolbar,
  children,
}: {
  title: string;
  onClose: () => void;
  toolbar?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={styles['panel']} aria-label={title}>
      <header className={styles['head']}>
        <h2 className={styles['title']}>{title}</h2>
        <IconButton label="Close panel" size="s" icon={<X size={18} aria-hidden="true" />} onClick={onClose} />
      </header>
      {toolbar && <div className={styles['toolbar']}>{toolbar}</div>}
      <div className={styles['body']} tabIndex={0} role="region" aria-label={`${title}, content`}>
        {children}
      </div>
    </section>
  );
}

export interface RoomPanelProps<Model> {
  readonly model: Model;
  readonly onClose: () => void;
  /** Shows a message in the timeline. */
  readonly onJump: (index: number) => void;
}
