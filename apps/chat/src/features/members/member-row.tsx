/** One member: how verified, and what one can decide about them. */
import type { RoomMember } from '@sotto/chat';
import { BadgeCheck, EllipsisVertical, Phone, UserMinus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Avatar } from '../../components/avatar.tsx';
import { Badge } from '../../components/badge.tsx';
import { Button, IconButton } from '../../components/button.tsx';
import { Menu, MenuItem } from '../../components/menu.tsx';
import { notifyProblem } from '../../components/toaster.tsx';
import { useSelf } from '../../state/chat-context.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { useKeyDecisions } from '../../state/use-key-decisions.ts';
import { describeMember } from './describe-member.ts';
import styles from './members-panel.module.css';

const SafetyDialog = lazy(() => import('../safety/safety-dialog.tsx'));

export function MemberRow({ member, model }: { member: RoomMember; model: RoomModel }) {
  const self = useSelf();
  const decide = useKeyDecisions();
  const [isComparing, setIsComparing] = useState(false);
  const { identity, state, isVerified, ref } = member;
  const { tone, label, text } = describeMember(member, self);
  const isSelf = identity === self;
  const name = identity ?? 'A telephone or e-mail address';

  const act = (task: () => Promise<void>) => (): void => void task().catch(notifyProblem);
  const remove = act(async () => {
    await model.room.removeMember(ref);
    await model.members.refresh();
  });
  const letRead = act(async () => {
    await model.room.encrypted.acceptMember(identity ?? '');
    await model.members.refresh();
  });
  return (
    <li className={styles['member']}>
      {identity === null ? (
        <span className={styles['phone']}>
          <Phone size={18} aria-hidden="true" />
        </span>
      ) : (
        <Avatar name={identity} />
      )}
      <div className={styles['words']}>
        <p className={styles['name']}>{name}</p>
        <p>
          <Badge tone={tone} icon={isVerified && !isSelf && <BadgeCheck size={13} aria-hidden="true" />}>
            {label}
          </Badge>
        </p>
        <p className={styles['text']}>{text}</p>
        {!isSelf && (
          <div className={styles['actions']}>
            {state === 'unknown' && (
              <Button size="s" look="primary" onClick={letRead}>
                Let {name} read
              </Button>
            )}
            {(state === 'ready' || state === 'key-not-accepted') && (
              <Button size="s" onClick={() => setIsComparing(true)}>
                {isVerified ? 'Compare again' : 'Compare safety words'}
              </Button>
            )}
            {state === 'key-not-accepted' && identity !== null && (
              <Button size="s" onClick={act(() => decide.accept(identity))}>
                Accept the new key
              </Button>
            )}
          </div>
        )}
      </div>
      {!isSelf && (
        <Menu
          trigger={
            <IconButton
              label={`More about ${name}`}
              size="s"
              icon={<EllipsisVertical size={18} aria-hidden="true" />}
            />
          }
        >
          {identity !== null && isVerified && (
            <MenuItem onSelect={act(() => decide.unverify(identity))}>No longer verified</MenuItem>
          )}
          {identity !== null && state === 'ready' && (
            <MenuItem onSelect={act(() => decide.refuse(identity))}>Refuse this key</MenuItem>
          )}
          <MenuItem isDanger icon={<UserMinus size={18} aria-hidden="true" />} onSelect={remove}>
            Remove from the room
          </MenuItem>
        </Menu>
      )}
      {isComparing && identity !== null && (
        <Suspense fallback={null}>
          <SafetyDialog identity={identity} isVerified={isVerified} onClose={() => setIsComparing(false)} />
        </Suspense>
      )}
    </li>
  );
}
