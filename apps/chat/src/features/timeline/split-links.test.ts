import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLinks } from './split-links.ts';

const linksOf = (text: string) => splitLinks(text).flatMap((part) => (part.isLink ? [part.text] : []));

describe('links in a text', () => {
  it.each([
    ['see https://example.org/a?b=c#d.', ['https://example.org/a?b=c#d']],
    ['(http://example.org), twice: https://example.org/x!', ['http://example.org', 'https://example.org/x']],
    ['javascript:alert(1) data:text/html,x ftp://example.org', []],
    ['https://', []],
    ['no link', []],
  ])('of %j are %j', (text, links) => {
    expect(linksOf(text)).toEqual(links);
  });

  it('leave every letter of the text where it was, and lead to the web only', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.constantFrom('https://', 'a', '.', ' ', '/', ')')).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(
          splitLinks(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
        for (const link of linksOf(text)) expect(new URL(link).protocol).toMatch(/^https?:$/);
      }),
    );
  });
});
