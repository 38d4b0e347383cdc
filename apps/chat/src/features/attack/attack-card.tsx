/** One attack: what the visitor does, a button, and the outcome as the client sees it. */
import { Bug } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import type { RoomModel } from '../../state/room-model.ts';
import { AttackOutcome } from './attack-outcome.tsx';
import styles from './attack-panel.module.css';
import type { Attack } from './attacks.ts';
import type { AttackAnswer } from './contract.ts';

export interface AttackCardProps {
  readonly attack: Attack;
  /** What has to be there first. */
  readonly missing: string | undefined;
  readonly isRunning: boolean;
  readonly isDisabled: boolean;
  readonly answer: AttackAnswer | undefined;
  readonly model: RoomModel;
  readonly onPlay: () => void;
  readonly onJump: (index: number) => void;
}

export function AttackCard(props: AttackCardProps) {
  const { attack, missing, isRunning, isDisabled, answer, model, onPlay, onJump } = props;
  return (
    <li className={styles['card']}>
      <p className={styles['by']}>Evil {attack.by}</p>
      <h3 className={styles['title']}>{attack.title}</h3>
      <p className={styles['text']}>{attack.text}</p>
      {missing === undefined ? (
        <Button size="s" disabled={isDisabled} onClick={onPlay}>
          <Bug size={15} aria-hidden="true" />
          {isRunning ? 'Attacking…' : 'Do it'}
        </Button>
      ) : (
        <p className={styles['missing']}>{missing}</p>
      )}
      <div aria-live="polite">
        {answer && <AttackOutcome attack={attack} answer={answer} model={model} onJump={onJump} />}
      </div>
    </li>
  );
}
