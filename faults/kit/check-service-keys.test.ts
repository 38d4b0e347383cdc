import { beforeEach, expect, test } from 'vitest';
import { findServiceKeyLies } from './check-service-keys.js';

type Outcome = 'acknowledged' | 'refused' | 'unknown';

let time: number;
let sightings: object[];
let activations: object[];

beforeEach(() => {
  time = 0;
  sightings = [];
  activations = [];
});

const see = (of: 'card' | 'chain', keyId?: string, outcome: Outcome = 'acknowledged') =>
  sightings.push({ of, keyId, outcome, sentAt: ++time, toldAt: ++time });
const activate = (previousKeyId: string, keyId: string) =>
  activations.push({ previousKeyId, keyId, sentAt: ++time, toldAt: ++time });
const lies = () => findServiceKeyLies({ sightings, activations });

test('cards and chain are of one key, and then of the next', () => {
  for (const of of ['card', 'chain'] as const) see(of, '1');
  activate('1', '2');
  for (const of of ['card', 'chain'] as const) see(of, '2');
  activate('2', '3');
  for (const of of ['card', 'chain'] as const) see(of, '3');
  expect(lies()).toEqual([]);
});

test('what is seen while a key is activated may be of either', () => {
  activations.push({ previousKeyId: '1', keyId: '2', sentAt: 2, toldAt: 5 });
  for (const keyId of ['1', '2']) {
    sightings.push({ of: 'card', keyId, outcome: 'acknowledged', sentAt: 1, toldAt: 3 });
    sightings.push({ of: 'card', keyId, outcome: 'acknowledged', sentAt: 4, toldAt: 6 });
  }
  expect(lies()).toEqual([]);
});

test.each(['card', 'chain'] as const)('no %s is of a key that is only announced', (of) => {
  see(of, '2');
  activate('1', '2');
  expect(lies()).toEqual([`a ${of} was of key 2 before it was activated`]);
});

test.each(['card', 'chain'] as const)('no %s is of a key that was replaced', (of) => {
  activate('1', '2');
  see(of, '1');
  expect(lies()).toEqual([`a ${of} was of key 1 after another was activated`]);
});

test('who pinned the first key is never lost', () => {
  see('card');
  see('chain');
  expect(lies()).toEqual([
    'a card was signed by a key to which no chain leads',
    'a chain led nowhere from the first key',
  ]);
});

test('a node may be gone, and is not without its keys', () => {
  see('card', undefined, 'unknown');
  expect(lies()).toEqual([]);
  sightings.push({ of: 'card', outcome: 'unknown', code: 70010, sentAt: ++time, toldAt: ++time });
  expect(lies()).toEqual(['a card was not to be had, since a node was not ready']);
});
