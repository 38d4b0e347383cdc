import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToUtf8, utf8ToBytes } from '../encoding/bytes.ts';
import { isSdkError } from '../errors.ts';
import { type BackupEntry, encodeBackup, parseBackup } from './backup-entries.ts';

const malformed = expect.objectContaining({ code: 'backup/malformed' });
const entryOf = (name: string, more: Partial<BackupEntry> = {}): BackupEntry => ({
  name,
  data: 'AAAA',
  createdAt: 1,
  modifiedAt: 2,
  ...more,
});
const entriesOf = (...entries: BackupEntry[]) => new Map(entries.map((entry) => [entry.name, entry]));
const parseText = (text: string) => [...parseBackup(utf8ToBytes(text)).values()];
const member = '"data":"AAAA","creation_date":1,"modification_date":2';

describe('a backup', () => {
  it('is written as the official JavaScript client writes it', () => {
    const bytes = encodeBackup(entriesOf(entryOf('alice'), entryOf('bob', { meta: { a: 'b' } })));
    expect(bytesToUtf8(bytes)).toBe(
      '{"alice":{"data":"AAAA","creation_date":1,"name":"alice","modification_date":2},' +
        '"bob":{"data":"AAAA","meta":{"a":"b"},"creation_date":1,"name":"bob","modification_date":2}}',
    );
  });

  it('is ASCII whatever the names', () => {
    const bytes = encodeBackup(entriesOf(entryOf('Grüße 世界 🔑', { meta: { ä: 'ö' } })));
    expect(bytes.every((byte) => byte < 0x80)).toBe(true);
    expect(parseBackup(bytes).get('Grüße 世界 🔑')?.meta).toEqual({ ä: 'ö' });
  });

  it('is read as it is written, whatever the names and dates', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', 'constructor', 'data', 'name', '7'),
    );
    const entry = fc.record({
      data: fc.string({ unit: 'binary' }),
      createdAt: fc.maxSafeInteger(),
      modifiedAt: fc.maxSafeInteger(),
      meta: fc.option(fc.dictionary(fc.string({ unit: 'binary' }), fc.string(), { noNullPrototype: true }), {
        nil: undefined,
      }),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, entry)), (rows) => {
        const entries = entriesOf(
          ...rows.map(([each, { meta, ...rest }]) => ({ name: each, ...rest, ...(meta && { meta }) })),
        );
        const read = parseBackup(encodeBackup(entries));
        expect(new Map([...read].sort())).toEqual(new Map([...entries].sort()));
      }),
    );
  });

  it('keeps the order of its entries', () => {
    const names = ['b', 'a', '__proto__', 'c'];
    expect([...parseBackup(encodeBackup(entriesOf(...names.map((name) => entryOf(name))))).keys()]).toEqual(names);
  });

  it('touches no prototype', () => {
    const read = parseBackup(utf8ToBytes(`{"__proto__":{${member},"meta":{"__proto__":"x"}}}`));
    expect([...read.keys()]).toEqual(['__proto__']);
    expect(({} as { data?: unknown }).data).toBeUndefined();
    expect(bytesToUtf8(encodeBackup(read))).toContain('"meta":{"__proto__":"x"}');
  });

  it('has at most 1,000 entries and 1 MiB', () => {
    const many = (count: number) => entriesOf(...Array.from({ length: count }, (_, index) => entryOf(`n${index}`)));
    expect(parseBackup(encodeBackup(many(1000))).size).toBe(1000);
    const tooLarge = expect.objectContaining({ code: 'backup/too-large' });
    expect(() => encodeBackup(many(1001))).toThrow(tooLarge);
    expect(() => encodeBackup(entriesOf(entryOf('a', { data: 'A'.repeat(1024 * 1024) })))).toThrow(tooLarge);
    const members = Array.from({ length: 1001 }, (_, index) => `"n${index}":{${member}}`);
    expect(() => parseText(`{${members.join(',')}}`)).toThrow(malformed);
    expect(() => parseText(`{"a":{${member}}}${' '.repeat(1024 * 1024)}`)).toThrow(malformed);
  });
});

describe('a backup of another client', () => {
  it('may be a map with an entry that has no meta, an empty one, or null', () => {
    expect(parseText(`{"alice":{"name":"alice",${member}}}`)).toEqual([entryOf('alice')]);
    expect(parseText(`{"alice":{"name":"alice",${member},"meta":{}}}`)).toEqual([entryOf('alice', { meta: {} })]);
    expect(parseText(`{"alice":{"name":"alice",${member},"meta":null}}`)).toEqual([entryOf('alice')]);
  });

  it('may be empty', () => {
    expect(parseText('{}')).toEqual([]);
  });

  it('may be the single entry of Kotlin, in milliseconds', () => {
    const text =
      '{"name":"alice","data":"AA\\/A","creation_date":1795460054885,"modification_date":1795460054886,"meta":{}}';
    expect(parseText(text)).toEqual([
      entryOf('alice', { data: 'AA/A', createdAt: 1795460054885, modifiedAt: 1795460054886, meta: {} }),
    ]);
  });

  it('may be the single entry of Swift, in seconds since 2001', () => {
    const text = '{"creation_date":817152854.885,"modification_date":0,"data":"AAAA","name":"alice"}';
    expect(parseText(text)).toEqual([entryOf('alice', { createdAt: 1795460054885, modifiedAt: Date.UTC(2001, 0, 1) })]);
  });

  it('is a map where an entry is called data', () => {
    expect(parseText(`{"data":{${member}}}`)).toEqual([entryOf('data')]);
  });

  it('may be Latin-1, as the official JavaScript client writes it', () => {
    const text = `{"Grüße":{${member}}}`;
    const latin1 = Uint8Array.from(text, (character) => character.charCodeAt(0));
    expect([...parseBackup(latin1).keys()]).toEqual(['Grüße']);
    expect([...parseBackup(utf8ToBytes(text)).keys()]).toEqual(['Grüße']);
  });

  it.each([
    ['no JSON', '{"alice":'],
    ['nothing', ''],
    ['an array', '[]'],
    ['null', 'null'],
    ['a text', '"alice"'],
    ['a number as an entry', '{"alice":1}'],
    ['an array as an entry', '{"alice":[]}'],
    ['an entry without data', '{"alice":{"creation_date":1,"modification_date":2}}'],
    ['an entry without a date', '{"alice":{"data":"AAAA","creation_date":1}}'],
    ['a date as text', '{"alice":{"data":"AAAA","creation_date":"1","modification_date":2}}'],
    ['a date beyond all numbers', '{"alice":{"data":"AAAA","creation_date":1e400,"modification_date":2}}'],
    ['a date that is not exact', '{"alice":{"data":"AAAA","creation_date":1e17,"modification_date":2}}'],
    ['meta that holds a number', `{"alice":{${member},"meta":{"a":1}}}`],
    ['meta that is an array', `{"alice":{${member},"meta":[]}}`],
    ['a single entry without a name', `{${member}}`],
    ['a single entry with a name that is no text', `{${member},"name":1}`],
  ])('is refused with %s', (_, text) => {
    expect(() => parseText(text)).toThrow(malformed);
  });

  it('is refused without a word of what it held', () => {
    try {
      parseText('{"alice":{"data":"MC4CAQAwBQYDK2VwBCIEIPCOaMtPFcFv" oops');
      throw new Error('accepted');
    } catch (error) {
      if (!isSdkError(error, 'backup/malformed')) throw error;
      expect(error.cause).toBeUndefined();
      expect(JSON.stringify([error.message, error.details])).not.toContain('MC4');
    }
  });

  it('is read or refused with its code, whatever the bytes or the JSON', () => {
    const anyText = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map(utf8ToBytes),
      fc
        .dictionary(
          fc.string(),
          fc.record(
            { data: fc.json(), name: fc.json(), creation_date: fc.anything(), modification_date: fc.double() },
            { requiredKeys: [] },
          ),
        )
        .map((value) =>
          utf8ToBytes(JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? 1 : field))),
        ),
    );
    fc.assert(
      fc.property(anyText, (bytes) => {
        try {
          const entries = parseBackup(bytes);
          const written = encodeBackup(entries);
          expect(encodeBackup(parseBackup(written))).toEqual(written);
        } catch (error) {
          if (!isSdkError(error, 'backup/malformed')) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
