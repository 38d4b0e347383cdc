/** A new room: who is in it, and an encrypted title if one is wanted. */
import { type FormEvent, useId, useState } from 'react';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { useTask } from '../../components/use-task.ts';
import { useSelf, useSignedIn } from '../../state/chat-context.ts';
import { explainProblem } from '../problems/explain-problem.ts';
import styles from './new-room-dialog.module.css';
import { parseNames } from './parse-names.ts';

export function NewRoomDialog({ onClose, onMade }: { onClose: () => void; onMade: (room: string) => void }) {
  const self = useSelf();
  const { chat } = useSignedIn();
  const [names, setNames] = useState('');
  const [title, setTitle] = useState('');
  const task = useTask();
  const formId = useId();
  const members = parseNames(names).filter((name) => name !== self);

  const make = (event: FormEvent): void => {
    event.preventDefault();
    if (members.length === 0) return;
    void task.run(async () => {
      const { id } = await chat.createRoom({ title: title.trim(), members });
      onMade(id);
    });
  };
  const problem = task.error === undefined ? undefined : explainProblem(task.error);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="New room"
      description="Its members can read what is written from now on. The chat service learns who they are, and nothing else."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" disabled={members.length === 0 || task.isRunning}>
            {task.isRunning ? 'Making it…' : 'Make room'}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={make} className={styles['form']}>
        <Field
          label="Members"
          placeholder="bob, carol"
          autoCapitalize="none"
          spellCheck={false}
          value={names}
          onChange={(event) => setNames(event.target.value)}
          hint="Names, with commas between them. Whoever has never signed in gets a key when they do."
        />
        <Field
          label="Title"
          placeholder="Optional"
          maxLength={80}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          hint="Encrypted, like the messages."
        />
      </form>
      {problem && (
        <Banner tone="danger" title={problem.title} isAnnounced>
          {problem.text}
        </Banner>
      )}
    </Dialog>
  );
}
