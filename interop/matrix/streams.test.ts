/** The streams of the official library, against our calls that take and give a message whole. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeCase } from './cases.ts';
import { type KeyRing, makeKeyRing } from './keys.ts';
import { STREAMS } from './matrices.ts';
import { startOfficials } from './official.ts';
import { recordCount } from './record.ts';
import { RELEASES } from './releases.ts';
import { casesOf, extentOf, failuresOf, wayOf, WRITERS } from './run.ts';
import { tradeStream } from './trade-stream.ts';

const { axes } = extentOf(STREAMS);
const cases = casesOf(STREAMS);
const { officials, close } = await startOfficials();
let ring: KeyRing;

beforeAll(async () => {
  ring = await makeKeyRing(Object.values(officials), axes.reader, ['node']);
});

afterAll(close);

describe.each(WRITERS)('streams that %s writes', (writer) => {
  const way = wayOf(writer);

  it.for(axes.reader)('are read by the other side with its key of the type %s', async (reader, { task }) => {
    const chosen = cases.filter((one) => one.writer === writer && one.reader === reader);
    const failures = await failuresOf(chosen, (one) => tradeStream(officials[one.release], ring, one), describeCase);
    expect(failures).toEqual([]);
    for (const release of RELEASES) {
      const count = chosen.filter((one) => one.release === release).length;
      recordCount(task, { what: `streams, ${way}`, release, count });
    }
  });
});
