import { describe, expect, it } from 'vitest';
import { excerptOf } from './excerpt.ts';

describe('an excerpt', () => {
  it('is the whole of a short text', () => {
    expect(excerptOf('see you at seven', 11, 5)).toEqual({ before: 'see you at ', match: 'seven', after: '' });
  });

  it('is cut on both sides of a long one', () => {
    const { before, match, after } = excerptOf(`${'a'.repeat(500)}seven${'b'.repeat(500)}`, 500, 5);
    expect([before.at(0), match, after.at(-1)]).toEqual(['…', 'seven', '…']);
    expect(before.length + after.length).toBeLessThan(130);
  });
});
