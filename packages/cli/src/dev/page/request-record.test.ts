import { describe, expect, it } from 'vitest';
import { createRequestRecord } from './request-record.ts';

const createRequest = (body = '', path = '/card/v5') => ({
  method: 'POST',
  path,
  headers: { authorization: 'Virgil secret-token' },
  body,
});

describe('the record of requests', () => {
  it('gives what came after a number', () => {
    const record = createRequestRecord();
    for (const path of ['/one', '/two', '/three']) record.note(createRequest('', path));
    expect(record.after(1).map(({ number, path }) => [number, path])).toEqual([
      [2, '/two'],
      [3, '/three'],
    ]);
    expect(record.last()).toBe(3);
    expect(record.after(3)).toEqual([]);
  });

  it('keeps no header', () => {
    const record = createRequestRecord();
    record.note(createRequest('{}'));
    expect(record.after(0)).toEqual([
      { number: 1, method: 'POST', path: '/card/v5', size: 2, body: '{}', isCut: false },
    ]);
  });

  it('keeps the last 200', () => {
    const record = createRequestRecord();
    for (let count = 0; count < 205; count++) record.note(createRequest());
    expect(record.after(0).map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (_, index) => index + 6));
    expect(record.last()).toBe(205);
  });

  it('keeps the beginning of a body, and the size of all of it', () => {
    const record = createRequestRecord();
    record.note(createRequest('ä'.repeat(5000)));
    expect(record.after(0)[0]).toMatchObject({ size: 10_000, body: 'ä'.repeat(4096), isCut: true });
  });

  it('is another one in each process', () => {
    expect(createRequestRecord().run).not.toBe(createRequestRecord().run);
  });
});
