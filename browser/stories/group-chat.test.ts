/** The guide's code in a page, as examples/group-chat has it: a group is begun, a member added, one removed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, openTab, type Stage } from './kit/stage.ts';

describe.each(['bundled', 'unbundled'] as const)('the guide on group chat, %s,', (how) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ asInArticle: true });
  });
  afterAll(() => stage.close());

  it('reads in a group as long as one takes part', async () => {
    const tab = await openTab(await stage.browser.newContext());
    if (how === 'unbundled') await tab.page.addInitScript(() => Object.assign(globalThis, { process: { env: {} } }));
    const said: string[] = [];
    const isOver = new Promise<void>((resolve) => {
      tab.page.on('console', (message) => {
        said.push(message.text());
        if (said.length === 4) resolve();
      });
    });
    await tab.page.goto(await stage.serve('group-chat', how));
    await isOver;
    const plan = 'Shall we meet on Friday?';
    expect(said).toEqual([plan, plan, 'group/outdated', 'Saturday is better']);
    expect(tab.complaints).toEqual([]);
  });
});
