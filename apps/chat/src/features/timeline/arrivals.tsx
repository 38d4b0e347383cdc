/** Reads new messages of others out. The timeline itself is silent, since scrolling puts old messages into the page. */
import { useEffect, useState } from 'react';
import type { RoomModel } from '../../state/room-model.ts';
import { explainVerification } from '../verification/explain.ts';
import { isOwnMessage } from './build-rows.ts';

export function Arrivals({ model, self }: { model: RoomModel; self: string }) {
  const [words, setWords] = useState('');
  useEffect(
    () =>
      model.timeline.onArrival((message) => {
        if (isOwnMessage(message, self)) return;
        const isShown = message.verification.state === 'verified';
        const what = message.text ?? (isShown ? 'a file' : explainVerification(message, self).title);
        setWords(`${message.author ?? 'Somebody'}: ${what}`);
      }),
    [model, self],
  );
  return (
    <p className="visually-hidden" role="log">
      {words}
    </p>
  );
}
