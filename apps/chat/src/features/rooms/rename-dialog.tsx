/** The encrypted title of a room. */
import { type FormEvent, useId, useState } from 'react';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { useTask } from '../../components/use-task.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { explainProblem } from '../problems/explain-problem.ts';

export function RenameDialog({ model, title, onClose }: { model: RoomModel; title: string; onClose: () => void }) {
  const [text, setText] = useState(title);
  const task = useTask();
  const formId = useId();
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    void task.run(() => model.room.encrypted.setTitle(text.trim())).then((isDone) => isDone && onClose());
  };
  const problem = task.error === undefined ? undefined : explainProblem(task.error);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Title of the room"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" disabled={text.trim() === '' || task.isRunning}>
            Save
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={save}>
        <Field
          label="Title"
          maxLength={80}
          value={text}
          onChange={(event) => setText(event.target.value)}
          hint="Encrypted for the present members. The chat service does not see it."
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
