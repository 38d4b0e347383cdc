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
  expectTypeOf<z.infer<typeof schemas.keyknoxValueSchema>>().toEqualTypeOf<Mutable<contract.KeyknoxValue>>();
  expectTypeOf<z.infer<typeof schemas.keyknoxRecordSchema>>().toExtend<Mutable<contract.KeyknoxRecord>>();
  expectTypeOf<Mutable<contract.KeyknoxRecord>>().toExtend<z.infer<typeof schemas.keyknoxRecordSchema>>();
  expectTypeOf<z.infer<typeof schemas.listKeyknoxResponseSchema>>().toEqualTypeOf<contract.ListKeyknoxResponse>();
  expectTypeOf<z.infer<typeof schemas.brainKeyResponseSchema>>().toEqualTypeOf<Mutable<contract.BrainKeyResponse>>();
  expectTypeOf<z.infer<typeof schemas.hardenResponseSchema>>().toEqualTypeOf<Mutable<contract.HardenResponse>>();
  expectTypeOf<
    z.infer<typeof schemas.ratchetKeysDoneResponseSchema>
  >().toEqualTypeOf<contract.RatchetKeysDoneResponse>();
  expectTypeOf<z.infer<typeof schemas.validateRatchetKeysResponseSchema>>().toEqualTypeOf<
    Mutable<contract.ValidateRatchetKeysResponse>
  >();
  expectTypeOf<z.infer<typeof schemas.pickedRatchetKeysSchema>>().toEqualTypeOf<Mutable<contract.PickedRatchetKeys>>();
  expectTypeOf<
    z.infer<typeof schemas.pickRatchetKeysBatchResponseSchema>
  >().toExtend<contract.PickRatchetKeysBatchResponse>();
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
  expectTypeOf<Mutable<contract.KeyknoxContent>>().toExtend<z.input<typeof schemas.putKeyknoxRequestSchema>>();
  expectTypeOf<Mutable<contract.PushKeyknoxRequest>>().toExtend<z.input<typeof schemas.pushKeyknoxRequestSchema>>();
  expectTypeOf<Mutable<contract.PullKeyknoxRequest>>().toExtend<z.input<typeof schemas.pullKeyknoxRequestSchema>>();
  expectTypeOf<Mutable<contract.ListKeyknoxRequest>>().toExtend<z.input<typeof schemas.listKeyknoxRequestSchema>>();
  expectTypeOf<Mutable<contract.ResetKeyknoxRequest>>().toExtend<z.input<typeof schemas.resetKeyknoxRequestSchema>>();
  expectTypeOf<Mutable<contract.BrainKeyRequest>>().toExtend<z.input<typeof schemas.brainKeyRequestSchema>>();
  expectTypeOf<Mutable<contract.HardenRequest>>().toExtend<z.input<typeof schemas.hardenRequestSchema>>();
  expectTypeOf<Mutable<contract.UploadRatchetKeysRequest>>().toExtend<
    z.input<typeof schemas.uploadRatchetKeysRequestSchema>
  >();
  expectTypeOf<Mutable<contract.ValidateRatchetKeysRequest>>().toExtend<
    z.input<typeof schemas.validateRatchetKeysRequestSchema>
  >();
  expectTypeOf<Mutable<contract.PickRatchetKeysRequest>>().toExtend<
    z.input<typeof schemas.pickRatchetKeysRequestSchema>
  >();
  expectTypeOf<Mutable<contract.PickRatchetKeysBatchRequest>>().toExtend<
    z.input<typeof schemas.pickRatchetKeysBatchRequestSchema>
  >();
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

describe('a name', () => {
  const pull = (key: string) =>
    schemas.parseShape(schemas.pullKeyknoxRequestSchema, { root: 'r', path: 'p', key, identity: '' });

  test('is measured in bytes of UTF-8', () => {
    expect(pull('ü'.repeat(1024)).ok).toBe(true);
    expect(pull('ü'.repeat(1024) + 'u')).toEqual({ ok: false, fault: 'key: text of more than 2048 bytes' });
  });

  test('is not empty where it is needed, and absent where an empty one is not', () => {
    expect(pull('').ok).toBe(false);
    expect(pull('k')).toMatchObject({ ok: true, value: { identity: undefined } });
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
