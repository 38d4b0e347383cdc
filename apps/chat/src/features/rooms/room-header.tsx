/** Title and members of the open room, and the panels beside it. */
import { ArrowLeft, Bug, EllipsisVertical, Eye, LogOut, PencilLine, Search, Users } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Avatar } from '../../components/avatar.tsx';
import { IconButton } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { Menu, MenuItem } from '../../components/menu.tsx';
import { notifyProblem } from '../../components/toaster.tsx';
import type { PanelName } from '../../pages/chat/use-route.ts';
import { useSelf } from '../../state/chat-context.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { useRoomFacts } from '../../state/use-rooms.ts';
import { useStore } from '../../state/use-store.ts';
import { summariseMembers } from '../members/summarise-members.ts';
import { RenameDialog } from './rename-dialog.tsx';
import styles from './room-header.module.css';
import { nameRoom } from './room-name.ts';

export interface RoomHeaderProps {
  readonly model: RoomModel;
  readonly panel: PanelName | undefined;
  readonly onPanel: (panel: PanelName | undefined) => void;
  readonly onBack: () => void;
}

export function RoomHeader({ model, panel, onPanel, onBack }: RoomHeaderProps) {
  const self = useSelf();
  const title = useStore(model.title);
  const { members } = useStore(model.members);
  const { participants } = useRoomFacts(model);
  const [isRenaming, setIsRenaming] = useState(false);
  const name = nameRoom(title, participants, self);
  const toggle = (next: PanelName) => () => onPanel(panel === next ? undefined : next);
  return (
    <header className={styles['header']}>
      <span className={styles['back']}>
        <IconButton label="All rooms" icon={<ArrowLeft size={20} aria-hidden="true" />} onClick={onBack} />
      </span>
      <Avatar name={name} isRoom />
      <div className={styles['words']}>
        <h2 className={styles['name']}>{name}</h2>
        <p className={styles['summary']}>{summariseMembers(members, self)}</p>
      </div>
      <div className={styles['panels']}>
        <IconButton
          label="Members"
          isOn={panel === 'members'}
          icon={<Users size={19} aria-hidden="true" />}
          onClick={toggle('members')}
        />
        <IconButton
          label="Search"
          isOn={panel === 'search'}
          icon={<Search size={19} aria-hidden="true" />}
          onClick={toggle('search')}
        />
        <PanelButton
          name="What Twilio sees"
          isOn={panel === 'wire'}
          icon={<Eye size={17} />}
          onClick={toggle('wire')}
        />
        <PanelButton name="Attack" isOn={panel === 'attack'} icon={<Bug size={17} />} onClick={toggle('attack')} />
        <Menu trigger={<IconButton label="More" icon={<EllipsisVertical size={19} aria-hidden="true" />} />}>
          <MenuItem icon={<PencilLine size={18} aria-hidden="true" />} onSelect={() => setIsRenaming(true)}>
            Change title…
          </MenuItem>
          <MenuItem
            icon={<LogOut size={18} aria-hidden="true" />}
            isDanger
            onSelect={() => void model.room.leave().catch(notifyProblem)}
          >
            Leave room
          </MenuItem>
        </Menu>
      </div>
      {isRenaming && <RenameDialog model={model} title={title?.text ?? ''} onClose={() => setIsRenaming(false)} />}
    </header>
  );
}

/** The two panels that are the point of the demo: with their names, where there is room for them. */
function PanelButton({
  name,
  isOn,
  icon,
  onClick,
}: {
  name: string;
  isOn: boolean;
  icon: ReactNode;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      aria-label={name}
      aria-pressed={isOn}
      className={classNames(styles['panelButton'], isOn && styles['on'])}
      onClick={onClick}
    >
      <span aria-hidden="true" className={styles['panelIcon']}>
        {icon}
      </span>
      <span className={styles['panelName']}>{name}</span>
    </button>
  );
}
