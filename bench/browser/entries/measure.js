// In the page: measures one job of the sides that were bundled.
import { timeSides } from '../../kit/interleave.js';
import { prepareJob } from '../../suites/message-jobs.js';

const sides = {};

globalThis.measureJob = async ({ job, names, options }) => {
  for (const name of names) sides[name] ??= await (await import(/* @vite-ignore */ `/${name}/entry.js`)).create();
  const chosen = Object.fromEntries(names.map((name) => [name, sides[name]]));
  return timeSides(await prepareJob(job, chosen), options);
};
