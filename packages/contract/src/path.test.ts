import { expect, test } from 'vitest';
import { CARD_PATHS } from './cards.ts';
import { pathTo } from './path.ts';

test('a value becomes part of the path, encoded', () => {
  expect(pathTo(CARD_PATHS.card, { id: 'ab12' })).toBe('/card/v5/ab12');
  expect(pathTo(CARD_PATHS.revoke, { id: 'a/b?c' })).toBe('/card/v5/actions/revoke/a%2Fb%3Fc');
  expect(pathTo('/a/:b/c/:d', { b: '1', d: '2' })).toBe('/a/1/c/2');
});

test('a pattern without values is a path', () => {
  expect(pathTo(CARD_PATHS.search, {})).toBe('/card/v5/actions/search');
});
