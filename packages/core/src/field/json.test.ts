import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalizeJson } from './canonical-json.ts';
import { findMatches, parsePath, toPointer } from './path.ts';
import { parseStrictJson } from './strict-json.ts';
import { decodeValue, encodeValue } from './value.ts';

describe('canonical JSON', () => {
  // RFC 8785 §3.2.2 and §3.2.3: the example of numbers and texts, and that of sorting.
  it('is that of the RFC', () => {
    const value = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalizeJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const sorted = canonicalizeJson(Object.fromEntries(names.map((name) => [name, 0])));
    expect(Object.keys(JSON.parse(sorted))).toEqual([
      '1',
      '\r',
      '\u0080',
      '\u00f6',
      '\u20ac',
      '\ud83d\ude00',
      '\ufb33',
    ]);
  });

  it('is one text whatever the order of members, and says the same', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        const text = canonicalizeJson(value);
        expect(JSON.parse(text)).toEqual(value);
        expect(canonicalizeJson(reversed(value))).toBe(text);
      }),
    );
  });

  it.each([
    [Number.NaN],
    [Infinity],
    [-0],
    [undefined],
    [1n],
    [new Date(0)],
    [new Map()],
    ['\ud800'],
    [{ [Symbol('s')]: 1 }],
  ])('refuses what JSON would change: %s', (value) => {
    expect(() => canonicalizeJson({ a: [value] })).toThrow(expect.objectContaining({ code: 'json/unsupported-value' }));
  });

  it('says where, and not what', () => {
    expect(() => canonicalizeJson({ 'a/b': [1, { c: Number.NaN }] })).toThrow(
      expect.objectContaining({ details: { path: '/a~1b/1/c', reason: 'NaN or infinite' } }),
    );
  });

  it('refuses a list with holes', () => {
    expect(() => canonicalizeJson(Array(2))).toThrow(expect.objectContaining({ code: 'json/unsupported-value' }));
  });
});

describe('JSON text', () => {
  it('is read as JSON.parse reads it, if no name stands twice', () => {
    fc.assert(
      fc.property(jsonValue, fc.nat(3), (value, space) => {
        expect(parseStrictJson(JSON.stringify(value, null, space))).toEqual(value);
      }),
    );
  });

  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '[{"b":[1,{"x":1,"y":{"x":2},"x":3}]}]',
    '{"a\\\\":1,"b":"\\"","a\\\\":2}',
    '{"__proto__":1,"__proto__":2}',
  ])('is refused for a name that stands twice: %s', (text) => {
    expect(() => parseStrictJson(text)).toThrow(expect.objectContaining({ code: 'json/duplicate-name' }));
  });

  it.each([
    '{"a":"a","b":"a"}',
    '[["a","a"],{"a":["a"]}]',
    '{"a":{"a":{"a":1}},"b":{"a":1}}',
    '{"a":",","b":"{\\"a\\":1"}',
  ])('may repeat a name in another object, and a value anywhere: %s', (text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  it('is refused without being quoted', () => {
    let error: unknown;
    try {
      parseStrictJson('{"secret');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'json/malformed' });
    expect((error as Error).cause).toBeUndefined();
    expect((error as Error).message).not.toContain('secret');
  });

  it('may hold a text of megabytes that is all escapes', () => {
    const text = `{"a":${JSON.stringify('\\"'.repeat(1_000_000))}}`;
    expect((parseStrictJson(text) as { a: string }).a).toHaveLength(2_000_000);
  });
});

describe('paths', () => {
  const document = { a: { b: [{ c: 1 }, { c: 2, d: 3 }] }, 'x.y': { 'p/q~': 4 }, '*': 5 };
  const pointersOf = (path: string) =>
    findMatches(document, parsePath(path)).map(({ location }) => toPointer(location));

  it.each([
    ['a.b[0].c', ['/a/b/0/c']],
    ['a.b[*].c', ['/a/b/0/c', '/a/b/1/c']],
    ['a.b.*.d', ['/a/b/1/d']],
    ['*.b', ['/a/b']],
    ['/a/b/1', ['/a/b/1']],
    ['/a/b/*/c', ['/a/b/0/c', '/a/b/1/c']],
    ['/x.y/p~1q~0', ['/x.y/p~1q~0']],
    ['a.b[2].c', []],
    ['a.b[00].c', []],
    ['a.b.length', []],
    ['a.constructor', []],
    ['a.__proto__', []],
    ['a.b[0].c.d', []],
  ])('%s leads to %j', (path, pointers) => {
    expect(pointersOf(path)).toEqual(pointers);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a[', 'a[x]', 'a[-1]', 'a]', 'a[0]b', '/a~2', '/a~'])('%j is none', (path) => {
    expect(() => parsePath(path)).toThrow(expect.objectContaining({ code: 'field/path' }));
  });
});

describe('the bytes of a value', () => {
  it('give it back, in blocks of 32', () => {
    const date = fc.date({ noInvalidDate: true });
    const value = fc.oneof(jsonValue, date, fc.uint8Array(), fc.array(fc.oneof(date, fc.uint8Array(), jsonValue)));
    fc.assert(
      fc.property(value, (given) => {
        const bytes = encodeValue(given);
        expect(bytes.length % 32).toBe(0);
        expect(decodeValue(bytes)).toStrictEqual(given);
      }),
    );
  });

  it('are refused by one code, or are those of a value', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((block) => block.fill(0x80, 20, 21).fill(0, 21)),
      fc.tuple(jsonValue, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
        const encoded = encodeValue(value);
        return encoded.fill(byte, at % encoded.length, (at % encoded.length) + 1);
      }),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        try {
          decodeValue(given);
        } catch (error) {
          expect(error).toMatchObject({ code: 'field/malformed' });
          expect((error as Error).cause).toBeUndefined();
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Without −0, which is refused, and half surrogate pairs. */
const jsonValue = fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
