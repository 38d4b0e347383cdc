/**
 * Holds the service keys that clients met against those that their operator activated. At each moment there is one: cards are signed by it,
 * and the chain leads to it from the key that a client pinned first.
 */
import { SERVICE_ERRORS } from '@sotto/contract';

const NOT_READY = SERVICE_ERRORS['service/not-ready'].code;

/**
 * `sightings` has `{ of: 'card' | 'chain', keyId }`: which key signed, or where the chain leads, undefined for none that the
 * chain leads to. `activations` has `{ previousKeyId, keyId }`. Both with outcome and times as in `history.js`. Gives back a sentence for each lie.
 */
export function findServiceKeyLies({ sightings, activations }) {
  const lies = sightings.flatMap(({ of, keyId, outcome, code, sentAt, toldAt }) => {
    if (code === NOT_READY) return [`a ${of} was not to be had, since a node was not ready`];
    if (outcome !== 'acknowledged') return [];
    if (keyId === undefined) return [toUnfollowed(of)];
    const begin = activations.find((activation) => activation.keyId === keyId);
    const end = activations.find((activation) => activation.previousKeyId === keyId);
    if (begin?.sentAt > toldAt) return [`a ${of} was of key ${keyId} before it was activated`];
    return end?.toldAt < sentAt ? [`a ${of} was of key ${keyId} after another was activated`] : [];
  });
  return [...new Set(lies)];
}

function toUnfollowed(of) {
  return of === 'card'
    ? 'a card was signed by a key to which no chain leads'
    : 'a chain led nowhere from the first key';
}
