/** The guide's code in a page, as examples/group-chat has it: a group is begun, a member added, one removed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followGuide } from './kit/guide.ts';
import { openStage, type Stage } from './kit/stage.ts';

describe.each(['bundled', 'unbundled'] as const)('the guide on group chat, %s,', (how) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ asInArticle: true });
  });
  afterAll(() => stage.close());

  it('reads in a group as long as one takes part', async () => {
    const { said, complaints } = await followGuide(stage, { app: 'group-chat', how, lines: 4 });
    const plan = 'Shall we meet on Friday?';
    expect(said).toEqual([plan, plan, 'group/outdated', 'Saturday is better']);
    expect(complaints).toEqual([]);
  });
});
