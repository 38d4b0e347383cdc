/** What others may do to a stored document. None of it gives another text. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isSdkError } from '../errors.ts';
import { inspectFields } from './inspect-fields.ts';
import { DOCUMENT_ID, decryptAs, encryptFor, makeUser, patient, type TestUser } from './test-kit.ts';

interface Visit {
  note: unknown;
  ward: string;
}
interface Head {
  v: unknown;
  revision: number;
  expiresAt?: string;
  keys: { id: string; to: string[] }[];
}
type Encrypted = { name: unknown; born: number; visits: Visit[]; $sotto: Head; [name: string]: unknown };

let ann: TestUser;
let bob: TestUser;
let encrypted: Encrypted;
let other: Encrypted;
let next: Encrypted;

const copy = (): Encrypted => structuredClone(encrypted);

beforeAll(async () => {
  [ann, bob] = [await makeUser(), await makeUser()];
  encrypted = (await encryptFor(ann, [bob], { revision: 5 })) as Encrypted;
  other = (await encryptFor(ann, [bob], { revision: 5, documentId: 'patients/43' })) as Encrypted;
  next = (await encryptFor(ann, [bob], { revision: 6 })) as Encrypted;
});

describe('an altered document is refused', () => {
  it.each<[string, (document: Encrypted) => unknown, string]>([
    ['a field in place of another', (d) => Object.assign(d, { name: d.visits[0]!.note }), 'field/altered'],
    ['two fields swapped', (d) => swapNotes(d), 'field/altered'],
    ['a field dropped', (d) => delete d.name, 'field/altered'],
    ['a field in one more place', (d) => Object.assign(d, { copy: d.name }), 'field/altered'],
    ['a field dropped and put elsewhere', (d) => [Object.assign(d, { copy: d.name }), delete d.name], 'field/altered'],
    ['a plain value in place of a field', (d) => Object.assign(d, { name: 'Ann' }), 'field/altered'],
    ['a field of the next revision', (d) => Object.assign(d, { name: next.name }), 'field/altered'],
    ['a field of another document', (d) => Object.assign(d, { name: other.name }), 'field/altered'],
    [
      'a field said to be of another set',
      (d) => Object.assign(d, { name: `${d.name}`.replace(':0:', ':1:') }),
      'field/altered',
    ],
    ['a plain value changed', (d) => Object.assign(d, { born: 1981 }), 'field/plain-altered'],
    ['a plain value of another type', (d) => Object.assign(d, { born: '1980' }), 'field/plain-altered'],
    ['a plain value added', (d) => Object.assign(d, { added: 1 }), 'field/plain-altered'],
    ['a plain value dropped', (d) => delete d.city, 'field/plain-altered'],
    ['a plain value nested in __proto__', (d) => setProto(d), 'field/plain-altered'],
    ['elements of an array in another order', (d) => d.visits.reverse(), 'field/altered'],
    ['the head of the next revision', (d) => Object.assign(d, { $sotto: next.$sotto }), 'field/altered'],
    ['the head of another document', (d) => Object.assign(d, { $sotto: other.$sotto }), 'field/other-document'],
    ['the revision said to be another', (d) => Object.assign(d.$sotto, { revision: 6 }), 'field/altered'],
    ['an end', (d) => Object.assign(d.$sotto, { expiresAt: '2030-01-01T00:00:00.000Z' }), 'field/altered'],
    ['a set too many', (d) => d.$sotto.keys.push(next.$sotto.keys[0]!), 'field/altered'],
    [
      'the envelope of the next revision',
      (d) => Object.assign(d.$sotto.keys[0]!, { to: next.$sotto.keys[0]!.to }),
      'field/not-a-reader',
    ],
    ['no envelope', (d) => Object.assign(d.$sotto.keys[0]!, { to: [] }), 'field/not-a-reader'],
    ['no set', (d) => Object.assign(d.$sotto, { keys: [] }), 'field/not-a-reader'],
    ['65 sets', (d) => Object.assign(d.$sotto, { keys: Array(65).fill(d.$sotto.keys[0]) }), 'field/too-many'],
    ['65 envelopes', (d) => Object.assign(d.$sotto.keys[0]!, { to: Array(65).fill('AA') }), 'field/too-many'],
    ['100,001 fields', (d) => Object.assign(d, { more: Array(100_001).fill('sotto:f1:0:AAAA') }), 'field/too-many'],
    ['no head', (d) => delete (d as Partial<Encrypted>).$sotto, 'field/malformed'],
    ['a head by inheritance', (d) => inheritHead(d), 'field/malformed'],
    ['a later version', (d) => Object.assign(d.$sotto, { v: 2 }), 'field/other-version'],
    ['no version', (d) => Object.assign(d.$sotto, { v: '1' }), 'field/malformed'],
    ['a field without content', (d) => Object.assign(d, { name: 'sotto:f1:0:' }), 'field/malformed'],
    ['a field of set 007', (d) => Object.assign(d, { name: 'sotto:f1:007:AAAA' }), 'field/malformed'],
  ])('with %s', async (_, alter, code) => {
    const document = copy();
    alter(document);
    await expect(decryptAs(bob, ann, document)).rejects.toMatchObject({ code });
  });

  it('under another id', async () => {
    const opened = decryptAs(bob, ann, encrypted, { documentId: 'patients/43' });
    await expect(opened).rejects.toMatchObject({ code: 'field/other-document' });
    expect((await decryptAs(bob, ann, encrypted, { documentId: DOCUMENT_ID })).document).toEqual(patient());
  });
});

it('an envelope that somebody added for the reader gets in nobody’s way', async () => {
  const document = copy();
  const stray = (await encryptFor(bob, [bob])) as Encrypted;
  document.$sotto.keys[0]!.to.unshift('AAAA', stray.$sotto.keys[0]!.to[0]!);
  expect((await decryptAs(bob, ann, document)).document).toEqual(patient());
});

it('no change of one letter gives another text', async () => {
  const text = JSON.stringify(encrypted);
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom(...'A0_"}:1,'), async (at, letter) => {
      const altered = text.slice(0, at) + letter + text.slice(at + 1);
      let document: unknown;
      try {
        document = JSON.parse(altered);
      } catch {
        return;
      }
      try {
        expect((await decryptAs(bob, ann, document)).document).toEqual(patient());
      } catch (error) {
        if (!isSdkError(error)) throw error;
        expect(error.code).toMatch(/^(field|json)\//);
      }
    }),
    { numRuns: 400 },
  );
});

it('no JSON value makes the readers fail in another way than by their codes', async () => {
  const head = fc.record({
    v: fc.constant(1),
    revision: fc.oneof(fc.constant(5), fc.jsonValue()),
    keys: fc.oneof(fc.array(fc.record({ id: fc.string(), to: fc.array(fc.base64String()) })), fc.jsonValue()),
  });
  const document = fc.oneof(fc.jsonValue(), fc.record({ $sotto: fc.oneof(head, fc.jsonValue()), a: fc.jsonValue() }));
  await fc.assert(
    fc.asyncProperty(document, async (value) => {
      await expect(decryptAs(bob, ann, value)).rejects.toSatisfy((error) => isSdkError(error));
      try {
        inspectFields(value);
      } catch (error) {
        expect(error).toSatisfy((thrown) => isSdkError(thrown));
      }
    }),
    { numRuns: 300 },
  );
});

function swapNotes({ visits: [first, second] }: Encrypted): void {
  [first!.note, second!.note] = [second!.note, first!.note];
}

function setProto(document: Encrypted): void {
  Object.defineProperty(document, '__proto__', { value: { born: 1981 }, enumerable: true });
}

function inheritHead(document: Encrypted): void {
  const { $sotto: head } = document;
  delete (document as Partial<Encrypted>).$sotto;
  Object.defineProperty(document, '__proto__', { value: { $sotto: head }, enumerable: true });
}
