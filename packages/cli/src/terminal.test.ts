import { SdkError } from '@sotto/core';
import { expect, it } from 'vitest';
import { describeError } from './terminal.ts';

const createError = (message: string) => new SdkError({ code: 'cli/test', family: 'usage', message });

it('words an error as one line in lower case, and leaves names alone', () => {
  expect(describeError(createError('The port is in use.'))).toBe('sotto: the port is in use');
  expect(describeError(createError('A port is a number.'))).toBe('sotto: a port is a number');
  expect(describeError(createError('APP_KEY is no key.'))).toBe('sotto: APP_KEY is no key');
});

it('passes on what the system says', () => {
  const error = Object.assign(new Error("EACCES: permission denied, mkdir '/x'"), { syscall: 'mkdir' });
  expect(describeError(error)).toBe("sotto: EACCES: permission denied, mkdir '/x'");
});

it('owns up to a bug, with the place', () => {
  expect(describeError(new TypeError('x is not a function'))).toMatch(
    /^sotto: this is a bug in sotto: TypeError: x is not a function\n +at /,
  );
});
