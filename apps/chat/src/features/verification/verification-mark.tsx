/** The small sign beside a message's time. Pressed, it tells how the message was verified. */
import type { RoomMessage } from '@sotto/chat';
import { LockKeyhole, LockOpen, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useRef, useState } from 'react';
import { classNames } from '../../components/class-names.ts';
import { explainVerification, type Tone } from './explain.ts';
import { MessageDetails } from './message-details.tsx';
import styles from './verification-mark.module.css';

const ICONS = { good: ShieldCheck, neutral: LockKeyhole, warn: LockOpen, danger: ShieldAlert } as const;

export function VerificationMark({ message, self, tone }: { message: RoomMessage; self: string; tone: Tone }) {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const Icon = ICONS[tone];
  const { label } = explainVerification(message, self);
  return (
    <>
      <button
        ref={button}
        type="button"
        tabIndex={-1}
        className={classNames(styles['mark'], styles[tone])}
        aria-label={`${label}: how do you know?`}
        aria-expanded={isOpen}
        onClick={() => setIsOpen((open) => !open)}
      >
        <Icon size={14} aria-hidden="true" />
      </button>
      {isOpen && <MessageDetails message={message} self={self} anchor={button} onClose={() => setIsOpen(false)} />}
    </>
  );
}
