import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createProgress } from './progress.ts';

/** What is written of a job of four pieces that take a second each. */
async function follow(options: { isTTY: boolean; isQuiet?: boolean; secondsEach?: number }): Promise<string> {
  const { isTTY, isQuiet = false, secondsEach = 1 } = options;
  const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  let time = 0;
  const progress = createProgress({ label: 'encrypting', total: 40, stderr, isQuiet, now: () => time });
  const pieces = progress.watch(
    (async function* () {
      for (let count = 0; count < 4; count++) {
        time += secondsEach * 1000;
        yield new Uint8Array(10);
      }
    })(),
  );
  for await (const piece of pieces) expect(piece).toHaveLength(10);
  progress.clear();
  return (stderr.read() as string | null) ?? '';
}

it('is a line on a terminal, which is taken away at the end', async () => {
  const drawn = (await follow({ isTTY: true })).split('\r\x1b[K');
  expect(drawn.slice(1)).toEqual([
    'encrypting [#######.......................] 25 %',
    'encrypting [###############...............] 50 %',
    'encrypting [######################........] 75 %',
    'encrypting [##############################] 100 %',
    '',
  ]);
});

it('is nothing elsewhere, on request, and for what is done at once', async () => {
  expect(await follow({ isTTY: false })).toBe('');
  expect(await follow({ isTTY: true, isQuiet: true })).toBe('');
  expect(await follow({ isTTY: true, secondsEach: 0.01 })).toBe('');
});
