import { beforeAll, describe, expect, it } from 'vitest';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { createWebProvider } from '../provider/web.ts';
import { addReaders, decryptFields, encryptFields, inspectFields } from './index.ts';
import { DOCUMENT_ID, decryptAs, encryptFor, makeUser, NOW, patient, type TestUser } from './test-kit.ts';

let ann: TestUser;
let bob: TestUser;
let carol: TestUser;

beforeAll(async () => {
  [ann, bob, carol] = [await makeUser(), await makeUser(), await makeUser()];
});

const to = (...users: TestUser[]) => users.map(({ publicKey }) => publicKey);
/** As a database or a file gives it back. */
const stored = (document: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(document));

describe('a document with encrypted fields', () => {
  it('leaves plain what was not selected, and shows nothing of what was', async () => {
    const encrypted = await encryptFor(ann, [bob]);
    const { name, visits, $sotto, ...plain } = encrypted as ReturnType<typeof patient> & { $sotto: unknown };
    expect(plain).toEqual({ born: 1980, city: 'Ghent' });
    expect(name).toMatch(/^sotto:f1:0:[\w-]+$/);
    expect(visits.map(({ date, ward }) => [date, ward])).toEqual([
      ['2025-11-02', 'A'],
      ['2025-12-09', 'B'],
    ]);
    expect(JSON.stringify(encrypted)).not.toMatch(/Ann|first/);
  });

  it('does not change the document that was given', async () => {
    const document = patient();
    await encryptFor(ann, [bob], { document });
    expect(document).toEqual(patient());
  });

  it('comes back whole, from a store that orders members anew', async () => {
    const encrypted = stored(await encryptFor(ann, [bob]));
    const turned = Object.fromEntries(Object.entries(encrypted).reverse());
    const { document, hidden, revision, signer } = await decryptAs(bob, ann, turned);
    expect(document).toEqual(patient());
    expect(hidden).toEqual([]);
    expect(revision).toBe(1);
    expect(signer).toBe(ann.publicKey);
  });

  it.each([
    ['a date', new Date('2026-01-02T03:04:05.678Z')],
    ['bytes', Uint8Array.of(1, 2, 255)],
    ['null', null],
    ['false', false],
    ['a small number', 5e-324],
    ['a large number', 1.7976931348623157e308],
    ['an empty text', ''],
    ['a text that looks like a date', '2026-01-02T03:04:05.678Z'],
    ['nested values', { a: [1, { b: new Date(0), c: [[]] }], '': {} }],
    ['a member called __proto__', JSON.parse('{"__proto__":{"admin":true}}')],
  ])('gives back %s as it was', async (_, value) => {
    const encrypted = stored(
      await encryptFor(ann, [bob], { document: { value }, selections: [{ path: 'value', readers: to(bob) }] }),
    );
    const { document } = await decryptAs(bob, ann, encrypted);
    expect(document).toStrictEqual({ value });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('hides the type and the length of short values', async () => {
    const document = { a: null, b: true, c: false, d: 'a text of 29 letters, quoted.', e: 1e21 };
    const selections = Object.keys(document).map((path) => ({ path, readers: to(bob) }));
    const { fields } = inspectFields(await encryptFor(ann, [bob], { document, selections }));
    expect(new Set(fields.map(({ bytes }) => bytes))).toEqual(new Set([48]));
  });

  it('keeps members called __proto__ beside the fields', async () => {
    const document = JSON.parse('{"__proto__":{"x":1},"name":"n"}') as Record<string, unknown>;
    const encrypted = stored(
      await encryptFor(ann, [bob], { document, selections: [{ path: 'name', readers: to(bob) }] }),
    );
    expect(Object.hasOwn(encrypted, '__proto__')).toBe(true);
    expect((await decryptAs(bob, ann, encrypted)).document).toStrictEqual(document);
  });

  it('can be read with any key of the ring, and by its author among the readers', async () => {
    const encrypted = await encryptFor(ann, [bob, ann]);
    const keys = [carol.key, bob.key];
    expect((await decryptAs(bob, ann, encrypted, { keys })).document).toEqual(patient());
    expect((await decryptAs(ann, ann, encrypted)).document).toEqual(patient());
  });

  it('without a match of any optional path is signed all the same', async () => {
    const selections = [{ path: 'allergies', readers: to(bob), isOptional: true }];
    const encrypted = await encryptFor(ann, [bob], { selections });
    expect((await decryptAs(bob, ann, encrypted)).document).toEqual(patient());
    await expect(decryptAs(bob, ann, { ...encrypted, born: 1981 })).rejects.toMatchObject({
      code: 'field/plain-altered',
    });
  });

  it('is the same for every adapter', async () => {
    const web = await createWebProvider(globalThis.crypto);
    for (const writer of [nodeProvider, web, nobleProvider]) {
      const encrypted = await encryptFields(writer, {
        document: patient(),
        documentId: DOCUMENT_ID,
        revision: 3,
        selections: [{ path: '/visits/*/note', readers: to(bob) }],
        signer: ann.key,
        coverage: 'all',
        now: NOW,
      });
      for (const reader of [nodeProvider, web, nobleProvider]) {
        const options = { document: encrypted, documentId: DOCUMENT_ID, now: NOW };
        const opened = await decryptFields(reader, { ...options, keys: [bob.key], signers: to(ann) });
        expect(opened.document).toEqual(patient());
      }
    }
  });
});

describe('readers of some fields', () => {
  it('cannot be left out by dropping a set of which there is no field', async () => {
    const selections = [
      { path: 'name', readers: to(bob) },
      { path: 'allergies', readers: to(carol), isOptional: true },
    ];
    const encrypted = await encryptFor(ann, [], { selections });
    const head = encrypted.$sotto as { keys: unknown[] };
    expect(head.keys).toHaveLength(2);
    const dropped = { ...encrypted, $sotto: { ...head, keys: head.keys.slice(0, 1) } };
    await expect(decryptAs(bob, ann, dropped)).rejects.toMatchObject({ code: 'field/altered' });
  });

  it('get those, and are told of the others', async () => {
    const selections = [
      { path: 'name', readers: to(bob) },
      { path: 'visits[*].note', readers: to(bob, carol) },
      { path: 'city', readers: to(carol, bob) },
    ];
    const encrypted = await encryptFor(ann, [], { selections });
    expect(inspectFields(encrypted).readers.map(({ length }) => length)).toEqual([1, 2]);
    const seen = await decryptAs(carol, ann, encrypted);
    const { name: _, ...rest } = patient();
    expect(seen.document).toEqual(rest);
    expect(seen.hidden).toEqual(['/name']);
    expect((await decryptAs(bob, ann, encrypted)).document).toEqual(patient());
  });

  it('get null for an element of an array that is not for them', async () => {
    const selections = [
      { path: 'list[0]', readers: to(bob) },
      { path: 'list[1]', readers: to(carol) },
    ];
    const encrypted = await encryptFor(ann, [], { document: { list: ['a', 'b', 'c'] }, selections });
    expect((await decryptAs(carol, ann, encrypted)).document).toEqual({ list: [null, 'b', 'c'] });
  });

  it('are refused where nothing is for them', async () => {
    await expect(decryptAs(carol, ann, await encryptFor(ann, [bob]))).rejects.toMatchObject({
      code: 'field/not-a-reader',
    });
  });
});

describe('added readers', () => {
  const options = (document: unknown, reader: TestUser) => ({
    document,
    documentId: DOCUMENT_ID,
    keys: [reader.key],
    signers: to(ann),
    now: NOW,
  });

  it('read what the one who added them reads, and no field was touched', async () => {
    const encrypted = await encryptFor(ann, [bob]);
    const shared = await addReaders(nodeProvider, { ...options(encrypted, bob), readers: to(carol) });
    const { $sotto: before, ...fieldsBefore } = encrypted;
    const { $sotto: after, ...fieldsAfter } = shared;
    expect(fieldsAfter).toEqual(fieldsBefore);
    expect(after).not.toEqual(before);
    for (const reader of [bob, carol])
      expect((await decryptAs(reader, ann, stored(shared))).document).toEqual(patient());
  });

  it('get the sets of the named paths alone', async () => {
    const selections = ['name', 'city'].map((path, index) => ({ path, readers: index ? to(bob, ann) : to(bob) }));
    const encrypted = await encryptFor(ann, [], { selections });
    const shared = await addReaders(nodeProvider, { ...options(encrypted, bob), readers: to(carol), paths: ['city'] });
    expect((await decryptAs(carol, ann, shared)).hidden).toEqual(['/name']);
  });

  it('are refused for a path that leads to no field, and for fields that one does not read', async () => {
    const selections = ['name', 'city'].map((path, index) => ({ path, readers: index ? to(ann) : to(bob) }));
    const encrypted = await encryptFor(ann, [], { selections });
    const add = (path: string) =>
      addReaders(nodeProvider, { ...options(encrypted, bob), readers: to(carol), paths: [path] });
    await expect(add('born')).rejects.toMatchObject({ code: 'field/not-found' });
    await expect(add('city')).rejects.toMatchObject({ code: 'field/not-a-reader' });
  });

  it('cannot make a statement of their own: what they write is not the author’s', async () => {
    const forged = await encryptFor(carol, [bob], { document: { ...patient(), name: 'Eve' } });
    await expect(decryptAs(bob, ann, forged)).rejects.toMatchObject({ code: 'field/other-author' });
  });
});

describe('encrypting is refused', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  let deep: unknown = 1;
  for (let i = 0; i < 65; i++) deep = [deep];

  it.each([
    ['for a path that leads to nothing', { selections: [{ path: 'nmae', readers: [] }] }, 'field/not-found'],
    ['for no path', { selections: [] }, 'field/path'],
    ['for what is no path', { selections: [{ path: 'a..b', readers: [] }] }, 'field/path'],
    [
      'for a field named twice',
      { selections: ['name', '/name'].map((path) => ({ path, readers: [] })) },
      'field/overlap',
    ],
    [
      'for a field in another',
      { selections: ['visits[*].note', 'visits[0]'].map((path) => ({ path, readers: [] })) },
      'field/overlap',
    ],
    ['for a list', { document: [1] }, 'field/not-an-object'],
    [
      'for a document that has fields',
      { document: { a: 'sotto:f1:0:AAAA', name: 1, visits: [] } },
      'field/already-encrypted',
    ],
    ['for one with a head', { document: { $sotto: 1, name: 1, visits: [] } }, 'field/already-encrypted'],
    ['without an id', { documentId: '' }, 'field/document-id'],
    ['for half a surrogate pair as id', { documentId: '\ud800' }, 'field/document-id'],
    ['for revision 0', { revision: 0 }, 'field/revision'],
    ['for a fraction of a revision', { revision: 1.5 }, 'field/revision'],
    ['for an end in the past', { expiresAt: new Date(NOW) }, 'field/expiry'],
    ['for an end that is no date', { expiresAt: new Date(Number.NaN) }, 'field/expiry'],
    ['for NaN', { document: { name: Number.NaN, visits: [] } }, 'json/unsupported-value'],
    ['for −0', { document: { name: [-0], visits: [] } }, 'json/unsupported-value'],
    ['for undefined', { document: { name: { a: undefined }, visits: [] } }, 'json/unsupported-value'],
    ['for a function', { document: { name: () => 1, visits: [] } }, 'json/unsupported-value'],
    ['for half a surrogate pair', { document: { name: '\udc00', visits: [] } }, 'json/unsupported-value'],
    [
      'for a name that stands for a date',
      { document: { name: { '$sotto:date': 'x' }, visits: [] } },
      'json/unsupported-value',
    ],
    ['for a plain date', { document: { name: 'n', at: new Date(0), visits: [] } }, 'json/unsupported-value'],
    ['for a circle', { document: { name: 'n', visits: [], circular } }, 'json/too-deep'],
    ['for a circle in a field', { document: { name: circular, visits: [] } }, 'json/too-deep'],
    ['for a deep field', { document: { name: deep, visits: [] } }, 'json/too-deep'],
  ])('%s', async (_, options, code) => {
    await expect(encryptFor(ann, [bob], options)).rejects.toMatchObject({ code });
  });

  it('where nobody reads', async () => {
    await expect(encryptFor(ann, [])).rejects.toMatchObject({ code: 'envelope/no-recipients' });
  });
});

describe('plain parts', () => {
  it('may change where the signature does not cover them', async () => {
    const encrypted = await encryptFor(ann, [bob], { coverage: 'none' });
    const { document } = await decryptAs(bob, ann, { ...encrypted, born: 1981, added: true });
    expect(document).toEqual({ ...patient(), born: 1981, added: true });
  });

  it('that are named may not change, others may', async () => {
    const encrypted = stored(await encryptFor(ann, [bob], { coverage: ['born', 'visits[*].ward'] }));
    expect((await decryptAs(bob, ann, { ...encrypted, city: 'Liège' })).document).toMatchObject({ city: 'Liège' });
    const visits = encrypted.visits as { ward: string }[];
    for (const changed of [
      { ...encrypted, born: 1981 },
      { ...encrypted, visits: visits.map((visit) => ({ ...visit, ward: 'C' })) },
    ])
      await expect(decryptAs(bob, ann, changed)).rejects.toMatchObject({ code: 'field/plain-altered' });
  });
});

describe('time and revisions', () => {
  it('end what has an end, for readers whose clock is right', async () => {
    const expiresAt = new Date(NOW + 1000);
    const encrypted = await encryptFor(ann, [bob], { expiresAt });
    expect((await decryptAs(bob, ann, encrypted)).expiresAt).toEqual(expiresAt);
    expect(inspectFields(encrypted).expiresAt).toBe(expiresAt.toISOString());
    await expect(decryptAs(bob, ann, encrypted, { now: NOW + 1000 })).rejects.toMatchObject({ code: 'field/expired' });
  });

  it('refuse an older revision than the reader knows', async () => {
    const encrypted = await encryptFor(ann, [bob], { revision: 4 });
    expect((await decryptAs(bob, ann, encrypted, { minRevision: 4 })).revision).toBe(4);
    await expect(decryptAs(bob, ann, encrypted, { minRevision: 5 })).rejects.toMatchObject({
      code: 'field/rolled-back',
    });
  });
});
