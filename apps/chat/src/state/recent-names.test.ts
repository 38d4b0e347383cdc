import { describe, expect, it } from 'vitest';
import { readRecentNames, rememberName } from './recent-names.ts';

function memoryStorage(value: string | null = null) {
  return { getItem: () => value, setItem: (_: string, next: string) => void (value = next) };
}

describe('recent names', () => {
  it('have the last one first, each once, and not more than five', () => {
    const storage = memoryStorage();
    for (const name of ['a', 'b', 'c', 'a', 'd', 'e', 'f']) rememberName(storage, name);
    expect(readRecentNames(storage)).toEqual(['f', 'e', 'd', 'a', 'c']);
  });

  it.each([['no json'], ['{}'], ['[1, null]'], [null]])('are none where the storage holds %j', (value) => {
    expect(readRecentNames(memoryStorage(value))).toEqual([]);
  });

  it('are none without a storage', () => {
    rememberName(undefined, 'alice');
    expect(readRecentNames(undefined)).toEqual([]);
  });
});
