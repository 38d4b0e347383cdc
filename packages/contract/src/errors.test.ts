import { describe, expect, test } from 'vitest';
import { SERVICE_ERRORS, isServiceErrorName } from './errors.ts';

const rows = Object.entries(SERVICE_ERRORS);

test('the numbers that clients compare are the ones they know', () => {
  expect(SERVICE_ERRORS['entity/unknown']).toMatchObject({ code: 10001, status: 404 });
  expect(SERVICE_ERRORS['token/missing']).toMatchObject({ code: 20300, status: 401 });
  expect(SERVICE_ERRORS['token/bad-signature']).toMatchObject({ code: 20303, status: 400 });
  expect(SERVICE_ERRORS['token/expired']).toMatchObject({ code: 20304, status: 401 });
  expect(SERVICE_ERRORS['card/not-owner']).toMatchObject({ code: 40032, status: 400 });
  expect(SERVICE_ERRORS['card/identity-mismatch']).toMatchObject({ code: 40034, status: 400 });
  expect(SERVICE_ERRORS['keyknox/wrong-previous-hash']).toMatchObject({ code: 50010, status: 400 });
  expect(SERVICE_ERRORS['ratchet-keys/none']).toMatchObject({ code: 50017, status: 400 });
  expect(SERVICE_ERRORS['keyknox/no-identities']).toMatchObject({ code: 50021, status: 400 });
  expect(SERVICE_ERRORS['brain-key/too-many-guesses']).toMatchObject({ code: 60007, status: 429 });
});

test('no number has two meanings, but for 20303, which is every token that is not acceptable', () => {
  const codes = rows.map(([, { code }]) => code).filter((code) => code !== 20303);
  expect(new Set(codes).size).toBe(codes.length);
});

describe.each(rows)('%s', (name, { status, message }) => {
  test('has a status of a refusal and words that end in a full stop', () => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(isServiceErrorName(name)).toBe(true);
  });
});

test('a name from the prototype is none of the table', () => {
  expect(isServiceErrorName('constructor')).toBe(false);
});
