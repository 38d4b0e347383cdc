/** The guide's code in a page, as examples/photo-sharing has it: files for one reader, for whoever has the key, and as streams. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, openTab, type Stage } from './kit/stage.ts';

describe.each(['bundled', 'unbundled'] as const)('the guide on sharing photos, %s,', (how) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ asInArticle: true });
  });
  afterAll(() => stage.close());

  it('seals, shares, streams and stops', async () => {
    const tab = await openTab(await stage.browser.newContext());
    if (how === 'unbundled') await tab.page.addInitScript(() => Object.assign(globalThis, { process: { env: {} } }));
    const said: string[] = [];
    const isOver = new Promise<void>((resolve) => {
      tab.page.on('console', (message) => {
        said.push(message.text());
        if (said.length === 6) resolve();
      });
    });
    await tab.page.goto(await stage.serve('photo-sharing', how));
    await isOver;
    expect(said).toEqual([
      'stored: application/octet-stream',
      'opened: Beach.jpg, image/jpeg, 3000000 bytes',
      'shared: Beach.jpg, 3000000 bytes',
      'cut off: stream/unverified',
      'streamed: 3000000 bytes',
      'stopped: AbortError',
    ]);
    expect(tab.complaints).toEqual([]);
  });
});
