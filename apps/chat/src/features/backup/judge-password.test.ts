import { describe, expect, it } from 'vitest';
import { judgePassword } from './judge-password.ts';

describe('a new password', () => {
  it.each([
    ['short', false],
    ['1234567', false],
    ['12345678', true],
    ['ein langer Satz mit Umläuten', true],
    ['ü'.repeat(65), false],
  ])('%j will do: %s', (password, willDo) => {
    expect(judgePassword(password) === undefined).toBe(willDo);
  });
});
