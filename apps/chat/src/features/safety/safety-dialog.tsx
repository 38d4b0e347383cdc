/** Comparing keys with a peer: words to read out, digits, a code to scan or to paste. Loaded when it is opened. */
import { Tabs } from '@base-ui/react/tabs';
import { useEffect, useState } from 'react';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { notify } from '../../components/toaster.tsx';
import { useTask } from '../../components/use-task.ts';
import type { SafetyNumber } from '../../state/account.ts';
import { useSelf, useSignedIn } from '../../state/chat-context.ts';
import { useKeyDecisions } from '../../state/use-key-decisions.ts';
import { explainProblem } from '../problems/explain-problem.ts';
import { PasteCode } from './paste-code.tsx';
import { QrPicture } from './qr-picture.tsx';
import styles from './safety-dialog.module.css';

export interface SafetyDialogProps {
  readonly identity: string;
  readonly isVerified: boolean;
  readonly onClose: () => void;
}

export default function SafetyDialog({ identity, isVerified, onClose }: SafetyDialogProps) {
  const { keys } = useSignedIn().account;
  const self = useSelf();
  const decide = useKeyDecisions();
  const task = useTask();
  const [number, setNumber] = useState<SafetyNumber>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    keys.safetyNumber(identity).then(setNumber, setError);
  }, [keys, identity]);

  const markVerified = (): void => {
    void task
      .run(() => decide.verify(identity))
      .then((isDone) => {
        if (!isDone) return;
        notify(`${identity} is verified on this device`);
        onClose();
      });
  };
  const problem = error ?? task.error;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Is it really ${identity}?`}
      description={`Call or meet ${identity}, who opens the same dialog for ${self}. If both of you see the same, nobody is between you.`}
      actions={
        <>
          <Button onClick={onClose}>{isVerified ? 'Close' : 'Later'}</Button>
          <Button look="primary" disabled={number === undefined || task.isRunning} onClick={markVerified}>
            They are the same
          </Button>
        </>
      }
    >
      {problem !== undefined && (
        <Banner tone="danger" title={explainProblem(problem).title} isAnnounced>
          {explainProblem(problem).text}
        </Banner>
      )}
      {number === undefined && error === undefined && <Spinner label="Computing…" />}
      {number && (
        <Tabs.Root defaultValue="words" className={styles['tabs']}>
          <Tabs.List className={styles['list']}>
            <Tabs.Tab value="words" className={styles['tab']}>
              Words
            </Tabs.Tab>
            <Tabs.Tab value="digits" className={styles['tab']}>
              Digits
            </Tabs.Tab>
            <Tabs.Tab value="code" className={styles['tab']}>
              Code
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="words">
            <Numbered parts={number.words.split(' ')} className={styles['words']} />
          </Tabs.Panel>
          <Tabs.Panel value="digits">
            <Numbered parts={number.digits.split(' ')} className={styles['digits']} />
          </Tabs.Panel>
          <Tabs.Panel value="code" className={styles['code']}>
            <QrPicture text={number.qr} label={`Code for ${identity} to scan`} />
            <PasteCode identity={identity} text={number.qr} onMatch={markVerified} />
          </Tabs.Panel>
        </Tabs.Root>
      )}
    </Dialog>
  );
}

function Numbered({ parts, className }: { parts: readonly string[]; className: string | undefined }) {
  return (
    <ol className={className}>
      {parts.map((part, at) => (
        <li key={at}>{part}</li>
      ))}
    </ol>
  );
}
