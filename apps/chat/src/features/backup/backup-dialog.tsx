/** The backup of the user's keys: make it, bring another one here, change its password, remove it. Loaded when it is opened. */
import { Tabs } from '@base-ui/react/tabs';
import { Dialog } from '../../components/dialog.tsx';
import { BackUpForm } from './back-up-form.tsx';
import styles from './backup-dialog.module.css';
import { ChangePasswordForm } from './change-password-form.tsx';
import { RestoreForm } from './restore-form.tsx';

export default function BackupDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Backup of your key"
      description="The service keeps it encrypted. Opening it takes your password and the service together: neither is enough alone, and wrong guesses are counted."
    >
      <Tabs.Root defaultValue="back-up" className={styles['tabs']}>
        <Tabs.List className={styles['list']}>
          <Tabs.Tab value="back-up" className={styles['tab']}>
            Back up
          </Tabs.Tab>
          <Tabs.Tab value="restore" className={styles['tab']}>
            Restore
          </Tabs.Tab>
          <Tabs.Tab value="change" className={styles['tab']}>
            Change password
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="back-up">
          <BackUpForm />
        </Tabs.Panel>
        <Tabs.Panel value="restore">
          <RestoreForm />
        </Tabs.Panel>
        <Tabs.Panel value="change">
          <ChangePasswordForm />
        </Tabs.Panel>
      </Tabs.Root>
    </Dialog>
  );
}
