/** Messages of every kind, written by one side and read by the other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeCase } from './cases.ts';
import { type KeyRing, makeKeyRing } from './keys.ts';
import { MESSAGES } from './matrices.ts';
import { startOfficials } from './official.ts';
import { recordCount } from './record.ts';
import { RELEASES } from './releases.ts';
import { casesOf, extentOf, failuresOf, wayOf, WRITERS } from './run.ts';
import { tradeMessage } from './trade-message.ts';

const { axes } = extentOf(MESSAGES);
const cases = casesOf(MESSAGES);
const { officials, close } = await startOfficials();
let ring: KeyRing;

beforeAll(async () => {
  ring = await makeKeyRing(Object.values(officials), axes.reader, axes.provider);
});

afterAll(close);

describe.each(WRITERS)('messages that %s writes', (writer) => {
  const way = wayOf(writer);

  it.for(axes.reader)('are read by the other side with its key of the type %s', async (reader, { task }) => {
    const chosen = cases.filter((one) => one.writer === writer && one.reader === reader);
    const failures = await failuresOf(chosen, (one) => tradeMessage(officials[one.release], ring, one), describeCase);
    expect(failures).toEqual([]);
    for (const release of RELEASES) {
      const count = chosen.filter((one) => one.release === release).length;
      recordCount(task, { what: `messages, ${way}`, release, count });
    }
  });
});
