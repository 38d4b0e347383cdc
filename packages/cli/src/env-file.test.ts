import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { formatEnv } from './env-file.ts';

it('writes lines that need no quotes', () => {
  const values = { APP_KEY: 'MC4CAQ+/a==', API_URL: 'http://[::1]:8080' };
  expect(formatEnv(values)).toBe('APP_KEY=MC4CAQ+/a==\nAPI_URL=http://[::1]:8080');
  expect(parseEnv(formatEnv(values))).toEqual(values);
});

it('refuses values that a shell would read', () => {
  for (const value of ['', 'a b', '$HOME', 'a;b', 'a#b', '"a"', 'a\nB=1', '`id`']) {
    expect(() => formatEnv({ NAME: value })).toThrow(expect.objectContaining({ code: 'cli/unplain-value' }));
  }
});
