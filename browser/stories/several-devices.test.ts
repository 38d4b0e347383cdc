/** The guide's code in a page, as examples/several-devices has it: backup, another device, a new password, a lost device. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, openTab, type Stage } from './kit/stage.ts';

describe.each(['bundled', 'unbundled'] as const)('the guide on several devices, %s,', (how) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ asInArticle: true });
  });
  afterAll(() => stage.close());

  it('reads old and new messages on each device', async () => {
    const tab = await openTab(await stage.browser.newContext());
    if (how === 'unbundled') await tab.page.addInitScript(() => Object.assign(globalThis, { process: { env: {} } }));
    const said: string[] = [];
    const isOver = new Promise<void>((resolve) => {
      tab.page.on('console', (message) => {
        said.push(message.text());
        if (said.length === 4) resolve();
      });
    });
    await tab.page.goto(await stage.serve('several-devices', how));
    await isOver;
    const welcome = 'Welcome, Erin';
    expect(said).toEqual([welcome, welcome, welcome, 'Sorry about your laptop']);
    expect(tab.complaints).toEqual([]);
  });
});
