/**
 * Loaded into a node before its program (`node --import`): hears what the suite tells it. `{ clock }` sets the time of day off
 * by so many milliseconds, `{ measure }` is answered with the memory after a collection. A node whose suite is gone ends.
 */
let offset = 0;
const RealDate = Date;
const realNow = Date.now;

Date.now = () => realNow() + offset;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(Date.now());
    else super(...args);
  }
};
globalThis.Date.now = Date.now;

process.on('message', ({ clock, measure }) => {
  if (clock !== undefined) offset = clock;
  if (measure) {
    globalThis.gc();
    globalThis.gc();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send({ heapUsed, external, rss });
});
process.on('disconnect', () => process.exit(1));
process.channel.unref();
