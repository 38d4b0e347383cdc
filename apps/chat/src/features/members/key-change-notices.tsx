/** Says it when somebody's key changes, whatever is on screen. */
import { useEffect } from 'react';
import { notify } from '../../components/toaster.tsx';
import { useSession } from '../../state/session-context.ts';

export function KeyChangeNotices() {
  const session = useSession();
  useEffect(
    () =>
      session.onKeyChanged(({ identity, kind, wasVerified }) => {
        if (kind === 'rotated') notify(`${identity} has a new key`, { text: 'The former key vouches for it.' });
        else {
          notify(`The key of ${identity} has changed`, {
            text: wasVerified
              ? 'You had compared the former one. Nothing is sent to them until you accept the new one.'
              : 'Nothing is sent to them until you accept it: see Members.',
            isProblem: true,
          });
        }
      }),
    [session],
  );
  return null;
}
