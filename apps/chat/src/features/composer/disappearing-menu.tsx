/** For how long the next messages are to be seen. */
import { Timer, TimerOff } from 'lucide-react';
import { IconButton } from '../../components/button.tsx';
import { Menu, MenuChoice } from '../../components/menu.tsx';
import type { RoomModel } from '../../state/room-model.ts';
import { formatSeconds } from '../timeline/format-time.ts';

const CHOICES = [0, 30, 300, 3600, 86_400, 604_800].map((seconds) => ({
  value: seconds,
  label: seconds === 0 ? 'Stay' : `Disappear after ${formatSeconds(seconds)}`,
}));

export function DisappearingMenu({ model, seconds }: { model: RoomModel; seconds: number | undefined }) {
  const isOn = seconds !== undefined;
  const label = isOn ? `Messages disappear after ${formatSeconds(seconds)}` : 'Disappearing messages';
  return (
    <Menu
      trigger={
        <IconButton
          label={label}
          icon={isOn ? <Timer size={20} aria-hidden="true" /> : <TimerOff size={20} aria-hidden="true" />}
        />
      }
    >
      <MenuChoice
        label="New messages"
        value={seconds ?? 0}
        choices={CHOICES}
        onChange={(next) =>
          model.draft.update((draft) => ({ ...draft, expiresAfterSeconds: next === 0 ? undefined : next }))
        }
      />
    </Menu>
  );
}
