import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isSameSecret } from './same-secret.ts';

test('a secret is the same as itself, and as no other of whatever length', () => {
  expect(isSameSecret('correct horse', 'correct horse')).toBe(true);
  for (const other of ['', 'correct', 'correct horse ', 'correct horsf', 'Correct horse', 'x'.repeat(100_000)]) {
    expect(isSameSecret(other, 'correct horse')).toBe(false);
  }
});

test('no other file compares secrets by its own means', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!\.test)\.ts$/.test(file),
  );
  const comparing = files.filter((file) =>
    readFileSync(join(import.meta.dirname, file), 'utf8').includes('timingSafeEqual'),
  );
  expect(comparing).toEqual(['same-secret.ts']);
});
