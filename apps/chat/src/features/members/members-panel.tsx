/** Who is in the room, whether and how each is verified, and what one can decide. */
import { type FormEvent, useState } from 'react';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Field } from '../../components/field.tsx';
import { Panel, type RoomPanelProps } from '../../components/panel.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useTask } from '../../components/use-task.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { useStore } from '../../state/use-store.ts';
import { explainProblem } from '../problems/explain-problem.ts';
import { MemberRow } from './member-row.tsx';
import styles from './members-panel.module.css';

export default function MembersPanel({ model, onClose }: RoomPanelProps<RoomModel>) {
  const { status, error, members } = useStore(model.members);
  return (
    <Panel title="Members" onClose={onClose}>
      {status === 'loading' && <Spinner label="Looking up keys…" />}
      {status === 'error' && members.length === 0 && (
        <EmptyState
          title="The members cannot be loaded"
          actions={<Button onClick={() => void model.members.refresh()}>Try again</Button>}
        >
          {explainProblem(error).text}
        </EmptyState>
      )}
      <ul className={styles['list']}>
        {members.map((member) => (
          <MemberRow key={member.ref} member={member} model={model} />
        ))}
      </ul>
      <AddMember model={model} />
      <p className={styles['note']}>
        The chat service says who is in the room, and this device checks it: nobody gets a key here whom you have not
        let in, or whose card does not verify.
      </p>
    </Panel>
  );
}

function AddMember({ model }: { model: RoomModel }) {
  const [name, setName] = useState('');
  const task = useTask();
  const add = (event: FormEvent): void => {
    event.preventDefault();
    const identity = name.trim();
    if (identity === '') return;
    void task
      .run(async () => {
        await model.room.addMember(identity);
        await model.members.refresh();
      })
      .then((isDone) => isDone && setName(''));
  };
  const problem = task.error === undefined ? undefined : explainProblem(task.error);
  return (
    <form className={styles['add']} onSubmit={add}>
      <Field
        label="Add a member"
        placeholder="carol"
        autoCapitalize="none"
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.target.value)}
        hint="Reads what is written from then on."
      />
      <Button type="submit" disabled={name.trim() === '' || task.isRunning}>
        Add
      </Button>
      {problem && (
        <Banner tone="danger" title={problem.title} isAnnounced>
          {problem.text}
        </Banner>
      )}
    </form>
  );
}
