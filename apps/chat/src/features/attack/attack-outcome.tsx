/** What became of an attack, in the words that the client itself finds for it. */
import type { RoomMessage } from '@sotto/chat';
import { useEffect, useState } from 'react';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useSelf } from '../../state/chat-context.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { useStore } from '../../state/use-store.ts';
import { describeMember } from '../members/describe-member.ts';
import { explainProblem } from '../problems/explain-problem.ts';
import { explainVerification, explainWarning } from '../verification/explain.ts';
import type { Attack } from './attacks.ts';
import type { AttackAnswer } from './contract.ts';

export interface AttackOutcomeProps {
  readonly attack: Attack;
  readonly answer: AttackAnswer;
  readonly model: RoomModel;
  readonly onJump: (index: number) => void;
}

export function AttackOutcome({ attack, answer, model, onJump }: AttackOutcomeProps) {
  const self = useSelf();
  const { messages } = useStore(model.timeline);
  const { members } = useStore(model.members);
  const fileError = useFileError(
    attack,
    messages.find(({ ref }) => ref === answer.message?.sid),
  );
  const outcome = readOutcome({ attack, answer, messages, members, self, fileError });
  if (outcome === undefined) return <Spinner label="Waiting for it to arrive…" />;
  return (
    <Banner
      tone={outcome.isSeen ? 'good' : 'warn'}
      title={outcome.isSeen ? `Seen: ${outcome.title}` : outcome.title}
      actions={
        <>
          {outcome.index !== undefined && (
            <Button size="s" onClick={() => onJump(outcome.index!)}>
              Show it
            </Button>
          )}
        </>
      }
    >
      <p>{outcome.text}</p>
      <p>Without it: {attack.otherwise}</p>
    </Banner>
  );
}

interface Outcome {
  /** Whether the client noticed. */
  readonly isSeen: boolean;
  readonly title: string;
  readonly text: string;
  readonly index?: number | undefined;
}

interface Evidence {
  readonly attack: Attack;
  readonly answer: AttackAnswer;
  readonly messages: readonly RoomMessage[];
  readonly members: ReturnType<RoomModel['members']['get']>['members'];
  readonly self: string;
  /** Of opening the file of the attacked message. */
  readonly fileError: unknown;
}

/** Opens the file as a reader would: a file is checked when it is opened, and not before. */
function useFileError(attack: Attack, message: RoomMessage | undefined): unknown {
  const [error, setError] = useState<unknown>();
  const attachment = attack.shows === 'file' ? message?.attachments[0] : undefined;
  useEffect(() => {
    let isCurrent = true;
    attachment?.bytes().then(
      () => isCurrent && setError(undefined),
      (problem: unknown) => isCurrent && setError(problem),
    );
    return () => {
      isCurrent = false;
    };
  }, [attachment]);
  return error;
}

/** Undefined while the attacked message has not come. */
function readOutcome({ attack, answer, messages, members, self, fileError }: Evidence): Outcome | undefined {
  if (attack.shows === 'members') {
    const trouble = members.find(({ ref, state }) =>
      answer.member ? ref === answer.member.sid : state === 'key-not-accepted',
    );
    if (trouble === undefined) return undefined;
    if (trouble.state === 'ready') {
      return { isSeen: false, title: 'Not noticed', text: 'You have let this member in before.' };
    }
    const { label, text } = describeMember(trouble, self);
    const name = trouble.identity ?? 'The telephone';
    return { isSeen: true, title: `${name}: ${label.toLowerCase()}`, text: `${text} Sending stops until you decide.` };
  }
  if (attack.shows === 'gap') {
    for (const message of messages) {
      const gap = message.warnings.find(({ code }) => code === 'chat/gap');
      if (gap) return { isSeen: true, title: 'A message is missing', text: explainWarning(gap), index: message.index };
    }
    return {
      isSeen: false,
      title: 'Nothing is lost here',
      text: 'This device has read the message, and remembers it. A member who had not read it yet sees a line in its place, which says that a message is missing.',
    };
  }
  const message = messages.find(({ ref }) => ref === answer.message?.sid);
  if (message === undefined) return undefined;
  if (attack.shows === 'file') {
    if (fileError === undefined) return undefined;
    const { title, text } = explainProblem(fileError);
    return { isSeen: true, title, text, index: message.index };
  }
  const { state } = message.verification;
  if (state === 'verified') return undefined;
  const { title, text } = explainVerification(message, self);
  return { isSeen: true, title, text, index: message.index };
}
