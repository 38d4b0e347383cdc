import { CORE_ERRORS } from '@sotto/core';
import { FIELD_ERRORS } from '@sotto/core/field';
import { STREAM_ERRORS } from '@sotto/core/stream';
import { expect, it } from 'vitest';
import { REFUSALS } from './refusals.ts';

it.each(Object.entries(REFUSALS))('%s is an error of the formats, and one line with a way out', (code, words) => {
  expect({ ...CORE_ERRORS, ...FIELD_ERRORS, ...STREAM_ERRORS }).toHaveProperty([code]);
  expect(words({ path: 'a.b' })).toMatch(/^(--)?[a-z][^\n]*; [^\n]*[^.]$/);
});
