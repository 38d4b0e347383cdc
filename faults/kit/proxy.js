/** A way between two programs that can be made bad: slow, cut in the middle of an answer or after a question, or silent. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Of pieces of data, how many a bad way spoils. */
const SPOILED = 0.15;
const SLOW_MILLISECONDS = 200;

export const BAD_WAYS = ['slow', 'cut answers', 'cut questions', 'silent'];

export async function openProxy({ port: target, random }) {
  const pairs = new Set();
  let way = 'good';
  const isSpoiled = () => random.number() < SPOILED;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const pair = { near, far, wasSilenced: false };
    const cut = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    pairs.add(pair);
    for (const socket of [near, far]) socket.on('error', cut).on('close', cut);
    const send = async (to, bytes, spoil) => {
      if (way === 'silent') {
        pair.wasSilenced = true;
        return;
      }
      if (way === 'slow') await delay(SLOW_MILLISECONDS);
      if (!to.destroyed) spoil(bytes);
    };
    pass(near, (bytes) =>
      send(far, bytes, () => {
        far.write(bytes, () => way === 'cut questions' && isSpoiled() && cut());
      }),
    );
    pass(far, (bytes) =>
      send(near, bytes, () => {
        if (way !== 'cut answers' || !isSpoiled()) near.write(bytes);
        else near.write(bytes.subarray(0, bytes.length >> 1), cut);
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    /** What was silent does not speak again: a part of what it was to say is missing. */
    set(next) {
      way = next;
      for (const { near, far, wasSilenced } of pairs) {
        if (!wasSilenced || next === 'silent') continue;
        near.destroy();
        far.destroy();
      }
    },
    close() {
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      server.close();
    },
  };
}

/** One piece after the other, in their order. */
function pass(socket, send) {
  let last = Promise.resolve();
  socket.on('data', (bytes) => {
    last = last.then(() => send(bytes));
  });
}
