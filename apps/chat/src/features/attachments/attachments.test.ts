import { describe, expect, it } from 'vitest';
import { isShownAsPicture, toOutgoing } from './file-input.ts';
import { fitPicture } from './fit-picture.ts';
import { formatBytes } from './format-bytes.ts';

describe('files', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1500, '1.5 kB'],
    [340_000, '340 kB'],
    [150_000_000, '150 MB'],
  ])('of %i bytes are %j', (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });

  it.each([
    ['image/png', 1000, true],
    ['image/svg+xml', 1000, false],
    ['text/html', 1000, false],
    ['image/jpeg', 90_000_000, false],
  ])('of type %s and %i bytes are shown as a picture: %s', (type, size, isShown) => {
    expect(isShownAsPicture({ type, size })).toBe(isShown);
  });

  it('have a name and a type, also where the system knows none', async () => {
    expect(await toOutgoing([new File(['x'], '')])).toMatchObject([{ name: 'file', type: 'application/octet-stream' }]);
  });
});

describe('the place of a picture', () => {
  it.each([
    [{}, { width: 280, height: 210 }],
    [
      { width: 640, height: 480 },
      { width: 320, height: 240 },
    ],
    [
      { width: 200, height: 100 },
      { width: 200, height: 100 },
    ],
    [
      { width: 1, height: 1e9 },
      { width: 96, height: 320 },
    ],
  ])('for %j is %j', (size, place) => {
    expect(fitPicture(size)).toEqual(place);
  });
});
