import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('what clients bundle leads to no other package', () => {
  const seen = new Set(['./index.ts']);
  for (const file of seen) {
    const source = readFileSync(new URL(file, import.meta.url), 'utf8');
    for (const [, target = ''] of source.matchAll(/from '([^']+)'/g)) {
      expect(target, file).toMatch(/^\.\//);
      seen.add(target);
    }
  }
  expect(seen.size).toBeGreaterThan(5);
});
