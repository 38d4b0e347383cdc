/**
 * The ways between clients, node and PostgreSQL turn bad: slow, cut in the middle of an answer, cut after a question, silent. Every
 * request has an end in bounded time, and none is called done that is not; when the way is good again all go on.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { countOutcomes } from '../kit/history.js';
import { prepareLoad, runLoad } from '../kit/load.js';
import { BAD_WAYS, openProxy } from '../kit/proxy.js';
import { expectTruth } from '../kit/read-back.js';
import { openWorld } from '../kit/world.js';

export const databases = ['sqlite', 'postgres'];
export const times = { usual: 1, long: 10 };

/** A node asks a silent server for 25 s, and begins again once. */
const LONGEST_MILLISECONDS = 75_000;
const SILENT_MILLISECONDS = 4000;

export async function run({ database, random, times: count, onProgress }) {
  const proxies = [];
  const toDatabaseHost = async (port) => {
    const proxy = await openProxy({ port, random });
    proxies.push({ name: 'between node and database', proxy });
    return `127.0.0.1:${proxy.port}`;
  };
  const world = await openWorld({ database, random, toDatabaseHost, throughProxy: addClientProxy });
  async function addClientProxy(port) {
    const proxy = await openProxy({ port, random });
    proxies.push({ name: 'between client and node', proxy });
    return proxy.port;
  }
  const loads = [];
  try {
    for (let number = 1; number <= count; number++) {
      for (const { name, proxy } of proxies) {
        for (const way of BAD_WAYS) {
          const load = await prepareLoad(world, { random });
          loads.push(load);
          const running = runLoad(load);
          await running.whenAcknowledged(20);
          proxy.set(way);
          if (way === 'silent') await delay(SILENT_MILLISECONDS);
          else await running.whenEnded(100);
          proxy.set('good');
          await running.whenAcknowledged(20);
          await running.stop();
          await expectTruth(load);
          onProgress(`${way} ${name}`);
        }
      }
    }
    const longestMilliseconds = Math.round(world.client.longest());
    if (longestMilliseconds > LONGEST_MILLISECONDS) throw new Error(`a request took ${longestMilliseconds} ms`);
    return { ways: loads.length, ...countOutcomes(loads.map(({ history }) => history)), longestMilliseconds };
  } finally {
    for (const { proxy } of proxies) proxy.close();
    await world.close();
  }
}
