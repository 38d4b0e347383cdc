import { CORE_ERRORS } from '@sotto/core';
import { FIELD_ERRORS } from '@sotto/core/field';
import { STREAM_ERRORS } from '@sotto/core/stream';
import { EMULATOR_ERRORS } from '@sotto/twilio-emulator';
import { expect, it } from 'vitest';
import { REFUSALS } from './refusals.ts';

it.each(Object.entries(REFUSALS))(
  '%s is an error of the formats or the emulator, and one line with a way out',
  (code, words) => {
    expect({ ...CORE_ERRORS, ...FIELD_ERRORS, ...STREAM_ERRORS, ...EMULATOR_ERRORS }).toHaveProperty([code]);
    expect(words({ path: 'a.b' })).toMatch(/^(--)?[a-z][^\n]*; [^\n]*[^.]$/);
  },
);
