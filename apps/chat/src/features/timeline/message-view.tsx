/** A message: who, what, when, and how it is verified. What was not verified is explained instead of shown. */
import type { RoomMessage } from '@sotto/chat';
import { Timer } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Avatar } from '../../components/avatar.tsx';
import { Badge } from '../../components/badge.tsx';
import { classNames } from '../../components/class-names.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { AttachmentList } from '../attachments/attachment-list.tsx';
import { ReactionBar } from '../reactions/reaction-bar.tsx';
import { explainVerification, explainWarning } from '../verification/explain.ts';
import { VerificationMark } from '../verification/verification-mark.tsx';
import { FailedMessage } from './failed-message.tsx';
import { formatTime } from './format-time.ts';
import { LinkedText } from './linked-text.tsx';
import { MessageToolbar } from './message-toolbar.tsx';
import styles from './message-view.module.css';
import { QuotedMessage } from './quoted-message.tsx';
import { ReadTicks } from './read-ticks.tsx';

export interface MessageViewProps {
  readonly message: RoomMessage;
  readonly isOwn: boolean;
  readonly joinsAbove: boolean;
  readonly joinsBelow: boolean;
  readonly model: RoomModel;
  readonly self: string;
  readonly shownTimes: number;
}

export function MessageView({ message, isOwn, joinsAbove, joinsBelow, model, self, shownTimes }: MessageViewProps) {
  const { verification, text, attachments, author, sentAt } = message;
  const { tone, label } = explainVerification(message, self);
  const { state } = verification;
  const isQuiet = state === 'removed' || state === 'expired';
  const remarks = message.warnings.filter(({ code }) => code !== 'chat/gap');
  const article = useRef<HTMLElement>(null);
  // Menus are made when somebody comes near: a thousand of them would make scrolling slow.
  const [isNear, setIsNear] = useState(false);
  const comeNear = (): void => setIsNear(true);
  useEffect(() => {
    if (shownTimes > 0) article.current?.focus({ preventScroll: true });
  }, [shownTimes]);

  const isName = !isOwn && !joinsAbove;
  const name = 'sender' in verification ? verification.sender : author;
  return (
    <article
      ref={article}
      tabIndex={-1}
      onPointerEnter={comeNear}
      onFocus={comeNear}
      data-message={message.index}
      aria-label={`${isOwn ? 'You' : (name ?? 'Somebody')}, ${sentAt ? formatTime(sentAt) : ''}, ${label}`}
      className={classNames(
        styles['message'],
        isOwn && styles['own'],
        joinsAbove && styles['joinsAbove'],
        joinsBelow && styles['joinsBelow'],
        shownTimes > 0 && styles['shown'],
      )}
    >
      {!isOwn && <span className={styles['avatar']}>{!joinsBelow && <Avatar name={name} size="s" />}</span>}
      <div className={styles['column']}>
        {isName && (
          <p className={styles['name']}>
            {name ?? 'Nobody'}
            {(state === 'plaintext' || state === 'failed') && (
              <span className={styles['claimed']}>, says the service</span>
            )}
          </p>
        )}
        <div className={styles['line']}>
          <div
            className={classNames(
              styles['bubble'],
              state === 'plaintext' && styles['plaintext'],
              state === 'unbound' && styles['unbound'],
              state === 'failed' && (tone === 'danger' ? styles['failed'] : styles['unbound']),
              isQuiet && styles['quiet'],
            )}
          >
            {message.replyTo && <QuotedMessage index={message.replyTo.index} model={model} self={self} />}
            {attachments.length > 0 && <AttachmentList message={message} />}
            {text !== null && text !== '' && <LinkedText text={text} />}
            {state === 'failed' && <FailedMessage message={message} self={self} />}
            {isQuiet && <p>{explainVerification(message, self).title}</p>}
            {(state === 'plaintext' || state === 'unbound') && (
              <p className={styles['badge']}>
                <Badge tone="warn">{label}</Badge>
              </p>
            )}
            {remarks.map((warning) => (
              <p key={warning.code} className={styles['remark']}>
                {explainWarning(warning)}
              </p>
            ))}
            {message.extraReaders.length > 0 && (
              <p className={styles['remark']}>
                Also read by {message.extraReaders.map(({ identity }) => identity ?? 'an unknown key').join(', ')}
              </p>
            )}
            <p className={styles['meta']}>
              {message.expiresAt && state === 'verified' && (
                <Timer size={13} role="img" aria-label={`Disappears at ${formatTime(message.expiresAt)}`} />
              )}
              {message.edited && <span>edited</span>}
              {sentAt && <time dateTime={sentAt.toISOString()}>{formatTime(sentAt)}</time>}
              {isOwn && !isQuiet && state !== 'failed' && <ReadTicks index={message.index} model={model} self={self} />}
              <VerificationMark message={message} self={self} tone={tone} />
            </p>
          </div>
          {isNear && <MessageToolbar message={message} isOwn={isOwn} model={model} self={self} anchor={article} />}
        </div>
        <ReactionBar message={message} self={self} />
      </div>
    </article>
  );
}
