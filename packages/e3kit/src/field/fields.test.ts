/** Fields of a document, from the side of the users of an app. */
import { startWorld, type World } from '@sotto/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCardCache, createMemoryKeyStore, type EThree, inspectFields } from '../index.ts';

let world: World;
let count = 0;
let doctor: EThree;
let nurse: EThree;
let documentId: string;

const record = () => ({
  patient: { name: 'Ann Example', born: new Date('1980-05-17T00:00:00.000Z') },
  city: 'Ghent',
  year: 1980,
  visits: [
    { ward: 'A', note: 'first' },
    { ward: 'B', note: 'second' },
  ],
});
const stored = (document: object): Record<string, unknown> => JSON.parse(JSON.stringify(document));
const fields = ['patient', 'visits[*].note'];

beforeAll(async () => {
  world = await startWorld();
  [doctor, nurse] = await Promise.all([world.createUser('doctor'), world.createUser('nurse')]);
});
beforeEach(() => {
  documentId = `records/${count++}`;
});
afterAll(() => world.close());

describe('a record', () => {
  it('is written by one and read by the other, dates as dates', async () => {
    const [toNurse, fromDoctor] = [await doctor.findUsers('nurse'), await nurse.findUsers('doctor')];
    const encrypted = stored(await doctor.encryptFields(record(), { documentId, fields, to: toNurse }));
    expect(encrypted).toMatchObject({ city: 'Ghent', year: 1980 });
    expect(await nurse.decryptFields(encrypted, { documentId, from: fromDoctor })).toEqual(record());
    expect(await doctor.decryptFields(encrypted, { documentId })).toEqual(record());
  });

  it('shows some fields to some, and all to its author', async () => {
    const toNurse = await doctor.findUsers('nurse');
    const encrypted = await doctor.encryptFields(record(), {
      documentId,
      fields: ['patient', { path: 'visits[*].note', to: toNurse }, { path: 'allergies', optional: true }],
    });
    const { patient: _, ...rest } = record();
    const from = await nurse.findUsers('doctor');
    expect(await nurse.decryptFields(encrypted, { documentId, from })).toEqual(rest);
    expect(await doctor.decryptFields(encrypted, { documentId })).toEqual(record());
    expect(inspectFields(encrypted).readers.map(({ length }) => length)).toEqual([1, 2]);
  });

  it('can be shown to one more by a reader', async () => {
    const porter = await world.createUser(`porter ${count}`);
    const encrypted = await doctor.encryptFields(record(), { documentId, fields, to: await doctor.findUsers('nurse') });
    const from = await nurse.findUsers('doctor');
    const to = await nurse.findUsers(porter.identity);
    const shared = stored(await nurse.addFieldReaders(encrypted, { documentId, from, to }));
    const author = await porter.findUsers('doctor');
    expect(await porter.decryptFields(shared, { documentId, from: author })).toEqual(record());
    await expect(porter.decryptFields(encrypted, { documentId, from: author })).rejects.toMatchObject({
      code: 'field/not-a-reader',
    });
  });

  it('is refused from another author, with another id, and with another plain part', async () => {
    const encrypted = await doctor.encryptFields(record(), { documentId, fields, to: await doctor.findUsers('nurse') });
    const from = await nurse.findUsers('doctor');
    await expect(nurse.decryptFields(encrypted, { documentId })).rejects.toMatchObject({ code: 'field/other-author' });
    await expect(nurse.decryptFields(encrypted, { documentId: 'records/x', from })).rejects.toMatchObject({
      code: 'field/other-document',
    });
    await expect(nurse.decryptFields({ ...encrypted, year: 1981 }, { documentId, from })).rejects.toMatchObject({
      code: 'field/plain-altered',
    });
  });

  it('of an author with a new key is read, the old ones by the card of their time', async () => {
    const author = await world.createUser(`author ${count}`);
    const old = await author.encryptFields(record(), { documentId, fields, to: await author.findUsers('nurse') });
    const written = new Date();
    await author.replacePrivateKey();
    const next = await author.encryptFields(record(), { documentId, fields, to: await author.findUsers('nurse') });
    const from = await nurse.findUsers(author.identity);
    expect(await author.decryptFields(old, { documentId })).toEqual(record());
    expect(await nurse.decryptFields(old, { documentId, from: from.previousCard!, date: written })).toEqual(record());
    expect(await nurse.decryptFields(next, { documentId, from })).toEqual(record());
  });
});

describe('revisions', () => {
  it('count up by themselves, and an older one is noticed, also by the next start of the app', async () => {
    const stores = { keyStore: createMemoryKeyStore(), cardCache: createMemoryCardCache() };
    const user = await world.createUser(`clerk ${count}`, stores);
    const first = await user.encryptFields({ a: 1 }, { documentId, fields: 'a' });
    const second = await user.encryptFields({ a: 2 }, { documentId, fields: 'a' });
    expect([first, second].map((document) => inspectFields(document).revision)).toEqual([1, 2]);
    expect(await user.decryptFields(first, { documentId })).toEqual({ a: 1 });
    expect(await user.decryptFields(second, { documentId })).toEqual({ a: 2 });
    const again = await world.createClient(user.identity, stores);
    await expect(again.decryptFields(first, { documentId })).rejects.toMatchObject({ code: 'field/rolled-back' });
    expect(await again.decryptFields(first, { documentId, anyRevision: true })).toEqual({ a: 1 });
    expect(inspectFields(await again.encryptFields({ a: 3 }, { documentId, fields: 'a' })).revision).toBe(3);
    expect(inspectFields(await again.encryptFields({ a: 9 }, { documentId, fields: 'a', revision: 9 })).revision).toBe(
      9,
    );
    expect((await stores.cardCache.list()).join()).not.toContain(documentId);
  });

  it('are forgotten at cleanup', async () => {
    const cardCache = createMemoryCardCache();
    const user = await world.createUser(`leaver ${count}`, { cardCache });
    const document = await user.encryptFields({ a: 1 }, { documentId, fields: 'a', revision: 5 });
    await user.decryptFields(document, { documentId });
    expect(JSON.stringify(await cardCache.list())).toContain('document');
    await user.cleanup();
    expect(JSON.stringify(await cardCache.list())).not.toContain('document');
  });
});

describe('trouble', () => {
  it('without a key on the device', async () => {
    const nobody = await world.createClient(`nobody ${count}`);
    await expect(nobody.encryptFields({ a: 1 }, { documentId, fields: 'a' })).rejects.toMatchObject({
      code: 'key/missing',
    });
  });

  it('with names in place of cards, and with no path', async () => {
    for (const options of [
      { documentId, fields: 'a', to: 'nurse' as never },
      { documentId, fields: [1 as never] },
      { documentId, fields: [{ path: 'a', to: 'nurse' as never }] },
    ])
      await expect(doctor.encryptFields({ a: 1 }, options)).rejects.toMatchObject({ code: 'usage/argument' });
  });

  it('with readers whose key was not accepted, in strict mode', async () => {
    const cardCache = createMemoryCardCache();
    const careful = await world.createUser(`careful ${count}`, { cardCache, strict: true });
    const peer = await world.createUser(`peer ${count}`);
    const card = await careful.findUsers(peer.identity);
    await careful.refuseKey(card);
    await expect(careful.encryptFields({ a: 1 }, { documentId, fields: 'a', to: card })).rejects.toMatchObject({
      code: 'users/key-not-accepted',
    });
  });

  it('with an end that has come', async () => {
    let now = Date.now();
    const user = await world.createUser(`late ${count}`, { clock: () => now });
    const expiresAt = new Date(now + 60_000);
    const encrypted = await user.encryptFields({ a: 1 }, { documentId, fields: 'a', expiresAt });
    expect(await user.decryptFields(encrypted, { documentId })).toEqual({ a: 1 });
    now += 60_000;
    await expect(user.decryptFields(encrypted, { documentId })).rejects.toMatchObject({ code: 'field/expired' });
  });
});

describe('a collection in JSON Lines', () => {
  it('is encrypted and decrypted line by line', async () => {
    const lines = Array.from({ length: 50 }, (_, id) => `${JSON.stringify({ id, name: `name ${id}` })}\n`);
    const idOf = ({ id }: Readonly<Record<string, unknown>>): string => `${documentId}/${String(id)}`;
    const to = await doctor.findUsers('nurse');
    const encrypted = doctor.encryptFieldLines(lines, { documentId: idOf, fields: 'name', to });
    const from = await nurse.findUsers('doctor');
    const plain: string[] = [];
    for await (const line of nurse.decryptFieldLines(encrypted, { documentId: idOf, from })) plain.push(line);
    expect(plain).toEqual(lines);
  });

  it('leaves nothing on the device, however many documents there are', async () => {
    const cardCache = createMemoryCardCache();
    const user = await world.createUser(`archivist ${count}`, { cardCache });
    const options = { documentId: () => documentId, fields: 'a', revision: 3 };
    const encrypted: string[] = [];
    for await (const line of user.encryptFieldLines(['{"a":1}\n{"a":2}\n'], options)) encrypted.push(line);
    expect(encrypted.map((line) => inspectFields(JSON.parse(line)).revision)).toEqual([3, 3]);
    for await (const line of user.decryptFieldLines(encrypted, options)) expect(line).toMatch(/^\{"a":[12]\}/);
    expect((await cardCache.list()).join()).not.toContain('document');
  });

  it('says which line is refused', async () => {
    const encrypted = doctor.encryptFieldLines(['{"a":1}\n{"b":1}\n'], { documentId: () => documentId, fields: 'a' });
    await encrypted.next();
    await expect(encrypted.next()).rejects.toMatchObject({ code: 'field/not-found', details: { line: 2, path: 'a' } });
  });
});
