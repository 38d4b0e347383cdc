/** How long the requests of a job take, by one caller and by 16 at a time. */
import { interleave } from '../kit/interleave.js';
import { quantile } from '../kit/statistics.js';

export const CONCURRENCIES = [1, 16];

/** One kind of request on all sides in turns. */
export async function measure({ job, concurrency, sides, rounds }) {
  const hasFloor = sides.floor !== undefined && job.openFloor !== undefined && concurrency === 1;
  if (hasFloor) sides.floor.open(job);
  const names = Object.keys(sides).filter((name) => name !== 'floor' || hasFloor);
  const requests = Math.max(job.requests, 4 * concurrency);
  const latencies = Object.fromEntries(names.map((name) => [name, []]));
  // Milliseconds for each of the requests of a sample: with 16 at a time, what is left of a request's time beside the others.
  const sample = async (name) => {
    const sent = await sides[name].measure({ ...job, requests }, concurrency);
    latencies[name].push(...sent.latencies);
    return sent.elapsed / requests;
  };
  for (const name of names) await sample(name);
  for (const name of names) latencies[name] = [];
  const samples = await interleave({ names, sample, rounds });
  return {
    name: concurrency === 1 ? job.name : `${job.name}, ${concurrency} at a time`,
    sides: samples,
    load: Object.fromEntries(names.map((name) => [name, describeLoad(samples[name], latencies[name])])),
  };
}

/** Milliseconds, and requests per second. */
function describeLoad(samples, latencies) {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(latencies, share));
  return { p50, p95, p99, perSecond: 1000 / quantile(samples, 0.5) };
}
