import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TwilioRefusal } from './errors.ts';
import { parseForm, parseJsonBody, readChoice, readIndexOrNull, readObject, readText, readTexts } from './fields.ts';

const readers = [
  (body: Readonly<Record<string, unknown>>) => readText(body, 'x'),
  (body: Readonly<Record<string, unknown>>) => readTexts(body, 'x'),
  (body: Readonly<Record<string, unknown>>) => readIndexOrNull(body, 'x'),
  (body: Readonly<Record<string, unknown>>) => readObject(body, 'x'),
  (body: Readonly<Record<string, unknown>>) => readChoice(body, 'x', ['a', 'b']),
];

it('refuses any body and any value by 20001, or reads it', () => {
  const orRefuse = (read: () => unknown) => {
    try {
      read();
    } catch (error) {
      expect(error).toBeInstanceOf(TwilioRefusal);
      expect(error).toMatchObject({ code: 20001 });
    }
  };
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      orRefuse(() => readers.forEach((read) => read(parseJsonBody(text))));
      orRefuse(() => readers.forEach((read) => read(parseForm(text))));
    }),
  );
  fc.assert(
    fc.property(fc.anything(), (x) => {
      for (const read of readers) orRefuse(() => read({ x }));
    }),
  );
});

it('reads what clients and helpers send', () => {
  expect(parseJsonBody('')).toEqual({});
  expect(readTexts(parseForm('Filters=a&Filters=b'), 'Filters')).toEqual(['a', 'b']);
  expect(readTexts(parseForm('Filters=a'), 'Filters')).toEqual(['a']);
  expect(['0', '7', '', 'null'].map((x) => readIndexOrNull({ x }, 'x'))).toEqual([0, 7, null, null]);
  expect(readText(parseForm('__proto__=1&Body=a%20b'), 'Body')).toBe('a b');
});
