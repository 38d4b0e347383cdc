/** What the backend says the service holds of a room; asked again whenever the room changes. Undefined where it cannot tell. */
import { useEffect, useState } from 'react';
import { useSignedIn } from '../../state/chat-context.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { useStore } from '../../state/use-store.ts';
import { isWireAnswer, type WireAnswer } from './contract.ts';

/** Several changes at once are one request. */
const SETTLED_MS = 150;

export interface Wire {
  readonly answer: WireAnswer | undefined;
  /** `client`: what the SDK received stands in. */
  readonly source: 'asking' | 'service' | 'client';
}

export function useWire(model: RoomModel): Wire {
  const { isEmulated } = useSignedIn().chat.service;
  const { messages } = useStore(model.timeline);
  const facts = useStore(model.room.facts);
  const [wire, setWire] = useState<Wire>({ answer: undefined, source: 'asking' });
  useEffect(() => {
    if (!isEmulated) {
      setWire({ answer: undefined, source: 'client' });
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      fetchWire(model.id, stop.signal).then(
        (answer) => setWire({ answer, source: answer ? 'service' : 'client' }),
        () => stop.signal.aborted || setWire({ answer: undefined, source: 'client' }),
      );
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [isEmulated, model.id, messages, facts]);
  return wire;
}

async function fetchWire(room: string, signal: AbortSignal): Promise<WireAnswer | undefined> {
  const answer = await fetch(`/demo/wire?${new URLSearchParams({ room })}`, { signal });
  if (!answer.ok) return undefined;
  const body: unknown = await answer.json();
  return isWireAnswer(body) ? body : undefined;
}
