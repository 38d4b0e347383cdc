/** Plays attacks, and waits for what the own client makes of each. Knows nothing of how it is shown. */
import { useEffect, useState } from 'react';
import { useSignedIn } from '../../state/chat-context.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { fetchAttacks, playAttack } from './ask-backend.ts';
import { type Attack, planAttack } from './attacks.ts';
import type { AttackAnswer, AttackName } from './contract.ts';

export interface PlayedAttack {
  readonly attack: Attack;
  readonly answer: AttackAnswer;
}

export interface AttackState {
  /** `undefined` until the backend has said; null where it can play none. */
  readonly available: readonly AttackName[] | null | undefined;
  readonly running: AttackName | undefined;
  readonly played: PlayedAttack | undefined;
  readonly error: unknown;
  readonly play: (attack: Attack) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export function useAttack(model: RoomModel): AttackState {
  const { account, chat } = useSignedIn();
  const [available, setAvailable] = useState<readonly AttackName[] | null>();
  const [running, setRunning] = useState<AttackName>();
  const [played, setPlayed] = useState<PlayedAttack>();
  const [error, setError] = useState<unknown>();
  const { isEmulated } = chat.service;
  useEffect(() => {
    if (isEmulated) void fetchAttacks().then((names) => setAvailable(names ?? null));
    else setAvailable(null);
  }, [isEmulated]);

  const run = async (name: AttackName, task: () => Promise<void>): Promise<void> => {
    setRunning(name);
    setError(undefined);
    setPlayed(undefined);
    try {
      await task();
      const others = model.members.get().members.flatMap(({ identity }) => (identity ? [identity] : []));
      await account.keys.lookAgain(others.filter((identity) => identity !== account.identity));
      await model.members.refresh();
    } catch (problem) {
      setError(problem);
    } finally {
      setRunning(undefined);
    }
  };

  return {
    available,
    running,
    played,
    error,
    play: (attack) =>
      run(attack.name, async () => {
        const plan = planAttack(attack.name, sceneOf(model, account.identity, chat.rooms.get() ?? []));
        if ('missing' in plan) return;
        setPlayed({ attack, answer: await playAttack(attack.name, plan) });
      }),
    stop: () =>
      run('stop', async () => {
        await playAttack('stop', { room: model.id });
      }),
  };
}

export function sceneOf(model: RoomModel, self: string, rooms: readonly RoomModel[]) {
  const other = rooms
    .filter(({ id }) => id !== model.id)
    .flatMap(({ id, timeline }) => {
      const newest = timeline.get().messages.findLast(({ verification }) => verification.state === 'verified');
      return newest ? [{ room: id, ref: newest.ref }] : [];
    })[0];
  return {
    room: model.id,
    self,
    messages: model.timeline.get().messages,
    members: model.members.get().members,
    elsewhere: other,
  };
}
