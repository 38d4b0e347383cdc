/** The README's code in a page, as examples/quickstart has it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, openTab, type Stage } from './kit/stage.ts';

describe.each(['bundled', 'unbundled'] as const)('the quickstart, %s,', (how) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ asInArticle: true });
  });
  afterAll(() => stage.close());

  it('says Hello Dave!, and says it again with the keys that it has', async () => {
    const tab = await openTab(await stage.browser.newContext());
    // It asks its environment for addresses and takes what it says in the README. Vite empties `process.env` by itself.
    if (how === 'unbundled') await tab.page.addInitScript(() => Object.assign(globalThis, { process: { env: {} } }));
    const url = await stage.serve('quickstart', how);

    for (const load of [() => tab.page.goto(url), () => tab.page.reload()]) {
      const said = tab.page.waitForEvent('console');
      await load();
      expect((await said).text()).toBe('Hello Dave!');
    }

    expect(tab.complaints).toEqual([]);
    expect(stage.world.seen.filter(({ method, path }) => method === 'POST' && path === '/card/v5')).toHaveLength(2);
  });
});
