/** The signed-in user, and what concerns them: backup, another device, theme, signing out. */
import { CloudUpload, Ellipsis, LogOut, MonitorSmartphone, SquareArrowOutUpRight } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Avatar } from '../../components/avatar.tsx';
import { IconButton } from '../../components/button.tsx';
import { Menu, MenuChoice, MenuItem, MenuLink, MenuSeparator } from '../../components/menu.tsx';
import { useSignedIn } from '../../state/chat-context.ts';
import { useStore } from '../../state/use-store.ts';
import { companionOf } from '../../state/welcome-room.ts';
import { chooseTheme, themeChoice } from '../theme/theme.ts';
import styles from './account-bar.module.css';
import { SignOutDialog } from './sign-out-dialog.tsx';

const BackupDialog = lazy(() => import('../backup/backup-dialog.tsx'));

const THEMES = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

export function AccountBar() {
  const { account, chat } = useSignedIn();
  const theme = useStore(themeChoice);
  const [isOpen, setIsOpen] = useState<'backup' | 'sign-out'>();
  const self = account.identity;
  const other = companionOf(self);
  const nextDevice = String(Number(account.device || '1') + 1);
  return (
    <footer className={styles['bar']}>
      <Avatar name={self} />
      <div className={styles['words']}>
        <p className={styles['name']}>{self}</p>
        <p className={styles['where']}>
          {account.device !== '' && `Device ${account.device}, `}
          {chat.service.isEmulated ? 'Twilio emulator' : 'over Twilio'}
        </p>
      </div>
      <Menu trigger={<IconButton label="Account" icon={<Ellipsis size={20} aria-hidden="true" />} />}>
        <MenuItem icon={<CloudUpload size={18} aria-hidden="true" />} onSelect={() => setIsOpen('backup')}>
          Back up your key…
        </MenuItem>
        <MenuLink icon={<MonitorSmartphone size={18} aria-hidden="true" />} href={linkTo(self, nextDevice)}>
          Open a second device as {self}
        </MenuLink>
        <MenuLink icon={<SquareArrowOutUpRight size={18} aria-hidden="true" />} href={linkTo(other)}>
          Open a window as {other}
        </MenuLink>
        <MenuSeparator />
        <MenuChoice label="Appearance" value={theme} choices={THEMES} onChange={chooseTheme} />
        <MenuSeparator />
        <MenuItem icon={<LogOut size={18} aria-hidden="true" />} onSelect={() => setIsOpen('sign-out')}>
          Sign out…
        </MenuItem>
      </Menu>
      {isOpen === 'backup' && (
        <Suspense fallback={null}>
          <BackupDialog onClose={() => setIsOpen(undefined)} />
        </Suspense>
      )}
      {isOpen === 'sign-out' && <SignOutDialog onClose={() => setIsOpen(undefined)} />}
    </footer>
  );
}

function linkTo(name: string, device?: string): string {
  return `/?${new URLSearchParams({ as: name, ...(device && { device }) })}`;
}
