import { expect, test } from 'vitest';
import { createBoundedCache } from './bounded-cache.ts';

test('a cache holds no more than it may, however many come, and forgets the oldest first', () => {
  const cache = createBoundedCache<number>({ capacity: 100 });
  for (let number = 0; number < 10_000; number++) cache.set(`token ${number}`, number);
  const held = Array.from({ length: 10_000 }, (_, number) => cache.get(`token ${number}`)).filter(
    (value) => value !== undefined,
  );
  expect(held).toEqual(Array.from({ length: 100 }, (_, index) => 9_900 + index));
});

test('what is set again takes no second place', () => {
  const cache = createBoundedCache<string>({ capacity: 2 });
  cache.set('a', 'first');
  cache.set('b', 'other');
  cache.set('b', 'another');
  expect([cache.get('a'), cache.get('b')]).toEqual(['first', 'another']);
});
