/** "Attack": the visitor is an evil chat service or an evil key service, and sees what the client makes of it. */
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Panel, type RoomPanelProps } from '../../components/panel.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useSignedIn } from '../../state/chat-context.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { useStore } from '../../state/use-store.ts';
import { explainProblem } from '../problems/explain-problem.ts';
import { AttackCard } from './attack-card.tsx';
import styles from './attack-panel.module.css';
import { ATTACKS, planAttack } from './attacks.ts';
import { sceneOf, useAttack } from './use-attack.ts';

export default function AttackPanel({ model, onClose, onJump }: RoomPanelProps<RoomModel>) {
  const { account, chat } = useSignedIn();
  // What can be attacked depends on what is there.
  useStore(model.timeline);
  useStore(model.members);
  const { available, running, played, error, play, stop } = useAttack(model);
  const scene = sceneOf(model, account.identity, chat.rooms.get() ?? []);
  const attacks = ATTACKS.filter(({ name }) => available?.includes(name));
  const problem = error === undefined ? undefined : explainProblem(error);
  return (
    <Panel title="Attack" onClose={onClose}>
      <p className={styles['lead']}>
        Be the one in the middle. These are the things that a chat service or a key service could really do; beneath
        each you see what this client makes of it.
      </p>
      {available === undefined && <Spinner label="Asking the backend…" />}
      {available === null && (
        <EmptyState title="Not here">
          Attacks are played on the emulator. This page runs over the real Twilio, or its backend cannot play any.
        </EmptyState>
      )}
      {problem && (
        <Banner tone="danger" title="The attack could not be played" isAnnounced>
          {problem.text}
        </Banner>
      )}
      <ul className={styles['list']}>
        {attacks.map((attack) => {
          const plan = planAttack(attack.name, scene);
          return (
            <AttackCard
              key={attack.name}
              attack={attack}
              missing={'missing' in plan ? plan.missing : undefined}
              isRunning={running === attack.name}
              isDisabled={running !== undefined}
              answer={played?.attack.name === attack.name ? played.answer : undefined}
              model={model}
              onPlay={() => void play(attack)}
              onJump={onJump}
            />
          );
        })}
      </ul>
      {available?.includes('stop') && (
        <Button disabled={running !== undefined} onClick={() => void stop()}>
          Stop all attacks
        </Button>
      )}
    </Panel>
  );
}
