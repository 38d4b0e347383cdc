import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type * as contract from './index.ts';
import * as schemas from './schemas.ts';

/** Schemas infer mutable types; whether a member may be assigned is no part of the shape. */
type Mutable<T> = T extends readonly (infer E)[]
  ? Mutable<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

test('the types that clients use say what the schemas check', () => {
  expectTypeOf<z.infer<typeof schemas.rawCardSchema>>().toEqualTypeOf<Mutable<contract.RawCard>>();
  expectTypeOf<z.infer<typeof schemas.searchCardsResponseSchema>>().toEqualTypeOf<Mutable<contract.RawCard>[]>();
  expectTypeOf<z.infer<typeof schemas.outdatedCardsResponseSchema>>().toEqualTypeOf<contract.OutdatedCardsResponse>();
  expectTypeOf<z.infer<typeof schemas.revokeCardResponseSchema>>().toEqualTypeOf<contract.RevokeCardResponse>();
  expectTypeOf<z.infer<typeof schemas.errorResponseSchema>>().toEqualTypeOf<contract.ErrorResponse>();
  expectTypeOf<z.infer<typeof schemas.healthResponseSchema>>().toEqualTypeOf<contract.HealthResponse>();
  expectTypeOf<Mutable<z.infer<typeof schemas.serviceDescriptionSchema>>>().toEqualTypeOf<
    Mutable<contract.ServiceDescription>
  >();
});

test('what clients send by those types is taken', () => {
  expectTypeOf<Mutable<contract.RawCard>>().toExtend<z.input<typeof schemas.publishCardRequestSchema>>();
  expectTypeOf<Mutable<contract.SearchCardsRequest>>().toExtend<z.input<typeof schemas.searchCardsRequestSchema>>();
  expectTypeOf<Mutable<contract.OutdatedCardsRequest>>().toExtend<z.input<typeof schemas.outdatedCardsRequestSchema>>();
});

describe('a text that not every database keeps as it is', () => {
  test.each([
    ['a zero byte', 'a\0b'],
    ['half a surrogate pair', 'a\ud800b'],
  ])('is refused: %s', (_, identity) => {
    expect(schemas.parseShape(schemas.searchCardsRequestSchema, { identities: [identity] })).toMatchObject({
      ok: false,
      fault: expect.stringContaining('identities.0'),
    });
  });

  test('is not one with a whole pair', () => {
    expect(schemas.isStorableText('grüß 👋')).toBe(true);
  });
});

test('null stands for an absent member', () => {
  const value = { identities: ['alice'], card_types: null };
  expect(schemas.parseShape(schemas.searchCardsRequestSchema, value)).toEqual({ ok: true, value });
});

test('a fault names the place and not the value', () => {
  const parsed = schemas.parseShape(schemas.outdatedCardsRequestSchema, { card_ids: ['id', { secret: 'tell-tale' }] });
  expect(parsed).toEqual({ ok: false, fault: 'card_ids.1: Invalid input: expected string, received object' });
});

test('a fault of the whole body says so', () => {
  const parsed = schemas.parseShape(schemas.outdatedCardsRequestSchema, []);
  expect(parsed).toEqual({ ok: false, fault: 'body: Invalid input: expected object, received array' });
});
