import { expect, expectTypeOf, it } from 'vitest';
import * as browser from './index-browser.ts';
import * as node from './index.ts';

it('exports the same for Node and for browsers, in name and in type', () => {
  expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
  expectTypeOf<typeof browser>().toEqualTypeOf<typeof node>();
});
