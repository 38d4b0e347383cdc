/** Signing out: with the keys kept on this device, or with everything removed. */
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { useTask } from '../../components/use-task.ts';
import { rememberTabName } from '../../pages/sign-in/start-name.ts';
import { useSession } from '../../state/session-context.ts';
import { explainProblem } from '../problems/explain-problem.ts';

export function SignOutDialog({ onClose }: { onClose: () => void }) {
  const session = useSession();
  const task = useTask();
  const leave = (clean: boolean): void => {
    void task.run(async () => {
      // First: the sign-in page would go on as the name that it finds.
      rememberTabName(undefined);
      location.hash = '';
      await session.signOut({ clean });
    });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Sign out"
      description="Your key can stay in this browser, so that you read everything when you come back. Or it goes, with all that this device has seen."
      actions={
        <>
          <Button look="danger" disabled={task.isRunning} onClick={() => leave(true)}>
            Remove my key and sign out
          </Button>
          <Button look="primary" disabled={task.isRunning} onClick={() => leave(false)}>
            Sign out
          </Button>
        </>
      }
    >
      <Banner tone="warn" title="Back up first, if you remove your key">
        Nobody can bring it back without a backup, and messages sent to it stay closed.
      </Banner>
      {task.error !== undefined && (
        <Banner tone="danger" title={explainProblem(task.error).title} isAnnounced>
          {explainProblem(task.error).text}
        </Banner>
      )}
    </Dialog>
  );
}
