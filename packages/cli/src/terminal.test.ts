import { SdkError } from '@sotto/core';
import { expect, it } from 'vitest';
import { describeError, exitCodeOf } from './terminal.ts';

const createError = (message: string) => new SdkError({ code: 'cli/test', family: 'usage', message });

it('words an error as one line in lower case with its code, and leaves names alone', () => {
  expect(describeError(createError('The port is in use.'))).toBe('sotto: the port is in use (cli/test)');
  expect(describeError(createError('A port is a number.'))).toBe('sotto: a port is a number (cli/test)');
  expect(describeError(createError('APP_KEY is no key.'))).toBe('sotto: APP_KEY is no key (cli/test)');
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

it('says in which line of a text an error is', () => {
  const error = new SdkError({ code: 'cli/test', family: 'usage', message: 'Not JSON.', details: { line: 3 } });
  expect(describeError(error)).toBe('sotto: line 3: not JSON (cli/test)');
});

it('ends with 2 for what the caller has to put right, and with 1 for all else', () => {
  expect(exitCodeOf(createError('No such option.'))).toBe(2);
  expect(exitCodeOf(new SdkError({ code: 'cli/test', family: 'crypto', message: 'Altered.' }))).toBe(1);
  expect(exitCodeOf(new TypeError('x is not a function'))).toBe(1);
});
