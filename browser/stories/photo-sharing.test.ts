/** The guide's code in a page, as examples/photo-sharing has it: files for one reader, for whoever has the key, and as streams. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followGuide } from './kit/guide.ts';
import { openStage, type Stage } from './kit/stage.ts';

describe.each(['bundled', 'unbundled'] as const)('the guide on sharing photos, %s,', (how) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ asInArticle: true });
  });
  afterAll(() => stage.close());

  it('seals, shares, streams and stops', async () => {
    const { said, complaints } = await followGuide(stage, { app: 'photo-sharing', how, lines: 6 });
    expect(said).toEqual([
      'stored: application/octet-stream',
      'opened: Beach.jpg, image/jpeg, 3000000 bytes',
      'shared: Beach.jpg, 3000000 bytes',
      'cut off: stream/unverified',
      'streamed: 3000000 bytes',
      'stopped: AbortError',
    ]);
    expect(complaints).toEqual([]);
  });
});
