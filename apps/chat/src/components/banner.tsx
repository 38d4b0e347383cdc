/** Something that is to be known or decided, with what one can do about it. */
import { CircleAlert, Info, ShieldAlert, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './banner.module.css';
import { classNames } from './class-names.ts';

type BannerTone = 'good' | 'neutral' | 'warn' | 'danger';

const ICONS = { good: ShieldCheck, neutral: Info, warn: CircleAlert, danger: ShieldAlert } as const;

export interface BannerProps {
  readonly tone: BannerTone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** Read out as it appears. */
  readonly isAnnounced?: boolean;
}

export function Banner({ tone, title, children, actions, isAnnounced = false }: BannerProps) {
  const Icon = ICONS[tone];
  return (
    <div className={classNames(styles['banner'], styles[tone])} role={isAnnounced ? 'alert' : undefined}>
      <Icon size={18} aria-hidden="true" className={styles['icon']} />
      <div className={styles['words']}>
        <p className={styles['title']}>{title}</p>
        {children && <div className={styles['text']}>{children}</div>}
        {actions && <div className={styles['actions']}>{actions}</div>}
      </div>
    </div>
  );
}
