/** A message that is on its way out, or did not get out: progress, cancelling, and what to do at whom it stopped. */
import { Clock, Paperclip } from 'lucide-react';
import { Badge } from '../../components/badge.tsx';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { notifyProblem } from '../../components/toaster.tsx';
import type { OutboxItem } from '../../state/outbox.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { formatBytes } from '../attachments/format-bytes.ts';
import { explainProblem } from '../problems/explain-problem.ts';
import { listNames } from '../verification/explain.ts';
import { LinkedText } from './linked-text.tsx';
import messageStyles from './message-view.module.css';
import styles from './outgoing-view.module.css';

export interface OutgoingViewProps {
  readonly item: OutboxItem;
  readonly model: RoomModel;
  readonly joinsAbove: boolean;
}

export function OutgoingView({ item, model, joinsAbove }: OutgoingViewProps) {
  const { text, files, status, progress, key } = item;
  return (
    <article
      tabIndex={-1}
      data-message=""
      aria-label={status === 'failed' ? 'Not sent' : 'Sending'}
      className={classNames(messageStyles['message'], messageStyles['own'], joinsAbove && messageStyles['joinsAbove'])}
    >
      <div className={messageStyles['column']}>
        <div className={messageStyles['bubble']}>
          {files.map(({ name, content }, at) => (
            <p key={at} className={styles['file']}>
              <Paperclip size={16} aria-hidden="true" />
              <span className={styles['fileName']}>{name}</span>
              <span className={styles['size']}>
                {formatBytes(content instanceof Blob ? content.size : content.length)}
              </span>
            </p>
          ))}
          {text !== '' && <LinkedText text={text} />}
          {files.length > 0 && status === 'sending' && (
            <div className={styles['progress']}>
              <progress
                className={styles['bar']}
                aria-label={progress?.phase === 'uploading' ? 'Uploading' : 'Encrypting'}
                {...(progress && { value: progress.done, max: Math.max(progress.total, 1) })}
              />
              <span className={styles['size']}>
                {progress?.phase === 'uploading' ? 'Uploading' : 'Encrypting'}
                {progress && ` ${Math.round((100 * progress.done) / Math.max(progress.total, 1))} %`}
              </span>
              <Button size="s" look="quiet" onClick={() => model.outbox.cancel(key)}>
                Cancel
              </Button>
            </div>
          )}
          <p className={messageStyles['meta']}>
            {status === 'failed' ? (
              <Badge tone="danger">Not sent</Badge>
            ) : (
              <Clock size={13} role="img" aria-label="Sending" />
            )}
          </p>
        </div>
        {status === 'failed' && <NotSent item={item} model={model} />}
      </div>
    </article>
  );
}

function NotSent({ item, model }: { item: OutboxItem; model: RoomModel }) {
  const nameMember = (member: string): string => {
    const isNameless = model.members.get().members.some(({ ref, identity }) => ref === member && identity === null);
    return isNameless ? 'the telephone' : member;
  };
  const { title, text, code, members } = explainProblem(item.error, nameMember);
  const names = listNames(members.map(nameMember));
  const { outbox } = model;
  const letRead = async (): Promise<void> => {
    for (const identity of members) await model.room.encrypted.acceptMember(identity);
    await model.members.refresh();
    outbox.resend(item.key);
  };
  return (
    <div className={styles['problem']}>
      <Banner
        tone="danger"
        title={title}
        isAnnounced
        actions={
          <>
            {code === 'chat/unknown-member' && (
              <Button size="s" onClick={() => void letRead().catch(notifyProblem)}>
                Let {names} read, and send
              </Button>
            )}
            {members.length > 0 && (
              <Button size="s" onClick={() => outbox.resend(item.key, members)}>
                Send without {names}
              </Button>
            )}
            {code !== 'chat/send-doubtful' && (
              <Button size="s" onClick={() => outbox.resend(item.key)}>
                Try again
              </Button>
            )}
            <Button size="s" look="quiet" onClick={() => outbox.discard(item.key)}>
              Discard
            </Button>
          </>
        }
      >
        {text}
      </Banner>
    </div>
  );
}
