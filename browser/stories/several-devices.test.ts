/** The guide's code in a page, as examples/several-devices has it: backup, another device, a new password, a lost device. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followGuide } from './kit/guide.ts';
import { openStage, type Stage } from './kit/stage.ts';

describe.each(['bundled', 'unbundled'] as const)('the guide on several devices, %s,', (how) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ asInArticle: true });
  });
  afterAll(() => stage.close());

  it('reads old and new messages on each device', async () => {
    const { said, complaints } = await followGuide(stage, { app: 'several-devices', how, lines: 4 });
    const welcome = 'Welcome, Erin';
    expect(said).toEqual([welcome, welcome, welcome, 'Sorry about your laptop']);
    expect(complaints).toEqual([]);
  });
});
