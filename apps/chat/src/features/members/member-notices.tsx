/** Above the timeline: members at whom sending would stop, and what to do about each. Nothing where all is well. */
import type { RoomMember } from '@sotto/chat';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { notifyProblem } from '../../components/toaster.tsx';
import type { RoomModel } from '../../state/room-model.ts';
import { useStore } from '../../state/use-store.ts';
import { listNames } from '../verification/explain.ts';
import styles from './member-notices.module.css';

export function MemberNotices({ model, onLook }: { model: RoomModel; onLook: () => void }) {
  const { members } = useStore(model.members);
  const withState = (state: RoomMember['state']): string[] =>
    members.flatMap((member) => (member.state === state && member.identity !== null ? [member.identity] : []));
  const waiting = withState('without-card');
  const changed = withState('key-not-accepted');
  const unknown = withState('unknown');
  const mute = members.filter(({ state }) => state === 'cannot-decrypt').length;
  if (waiting.length + changed.length + unknown.length + mute === 0) return null;
  return (
    <div className={styles['notices']}>
      {unknown.length > 0 && (
        <Banner
          tone="warn"
          title={`${listNames(unknown)} joined without you`}
          isAnnounced
          actions={
            <>
              {unknown.map((identity) => (
                <Button key={identity} size="s" onClick={() => void accept(model, identity).catch(notifyProblem)}>
                  Let {identity} read
                </Button>
              ))}
              <Button size="s" look="quiet" onClick={onLook}>
                Look at the members
              </Button>
            </>
          }
        >
          Nothing is encrypted for them until you say so: the chat service could have added them by itself.
        </Banner>
      )}
      {changed.length > 0 && (
        <Banner
          tone="danger"
          title={`The key of ${listNames(changed)} has changed`}
          isAnnounced
          actions={
            <Button size="s" onClick={onLook}>
              Compare and decide
            </Button>
          }
        >
          Nothing is sent to them until you have decided. A new device has a new key, and so has somebody who pretends.
        </Banner>
      )}
      {mute > 0 && (
        <Banner
          tone="danger"
          title={mute === 1 ? 'A member cannot decrypt' : `${mute} members cannot decrypt`}
          isAnnounced
          actions={
            <Button size="s" onClick={onLook}>
              Look at the members
            </Button>
          }
        >
          A telephone or an e-mail address was added. Nothing is sent while it is here.
        </Banner>
      )}
      {waiting.length > 0 && (
        <Banner
          tone="neutral"
          title={`${listNames(waiting)} ${waiting.length === 1 ? 'has' : 'have'} never signed in`}
          actions={waiting.slice(0, 2).map((identity) => (
            <a
              key={identity}
              className={styles['link']}
              href={`/?${new URLSearchParams({ as: identity })}`}
              target="_blank"
              rel="noopener"
            >
              Open a second window as {identity}
            </a>
          ))}
        >
          There is no key to encrypt for yet. This page notices by itself when there is one.
        </Banner>
      )}
    </div>
  );
}

async function accept(model: RoomModel, identity: string): Promise<void> {
  await model.room.encrypted.acceptMember(identity);
  await model.members.refresh();
}
