import { createEvilTransport } from '@sotto/testing/evil-transport';
import { roomTransportSuite } from '@sotto/testing/room-transport-suite';
import { createMemoryHub } from './hub.ts';

roomTransportSuite('memory', async () => {
  const hub = createMemoryHub();
  const alice = createEvilTransport(hub.join('room', 'alice'));
  const bob = hub.join('room', 'bob');
  return {
    transportOf: async (identity) =>
      identity === 'alice' ? alice : identity === 'bob' ? bob : hub.join('room', 'carol'),
    async addCarol() {
      hub.join('room', 'carol');
    },
    removeCarol: async () => hub.leave('room', 'carol'),
    addTelephone: async () => hub.addTelephone('room', '+15550100'),
    loseNextAnswer: (_, isStored) => alice.loseNextAnswer(isStored),
    close: async () => undefined,
  };
});
