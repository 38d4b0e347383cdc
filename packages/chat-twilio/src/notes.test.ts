import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type NotePlace, readNotes, withNotesOf, withoutNotes, writeNote } from './notes.ts';
import type { JsonObject, JsonValue } from './twilio-types.ts';

/**
 * Attributes on a server that keeps the last write, as several clients see it. Each hears of changes in their order, when the test delivers them.
 */
function shareAttributes(first: JsonValue = {}, maxBytes = 4_000) {
  let stored = first;
  const clients: { deliver(): void; readonly inbox: JsonValue[] }[] = [];
  function createClient(): NotePlace {
    let known = stored;
    const listeners = new Set<() => void>();
    const inbox: JsonValue[] = [];
    clients.push({
      inbox,
      deliver() {
        for (const next of inbox.splice(0)) {
          known = next;
          for (const listener of [...listeners]) listener();
        }
      },
    });
    return {
      maxBytes,
      read: () => known,
      async write(attributes) {
        stored = structuredClone(attributes);
        for (const client of clients) client.inbox.push(structuredClone(attributes));
      },
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
  }
  const deliverAll = (): void => {
    while (clients.some(({ inbox }) => inbox.length > 0)) for (const client of clients) client.deliver();
  };
  /** Events arrive from now on, a while after each write. */
  const run = (): (() => void) => {
    const timer = setInterval(deliverAll, 1);
    return () => clearInterval(timer);
  };
  return { createClient, deliverAll, run, stored: () => stored };
}

describe('notes', () => {
  it('stand beside what the app keeps, and leave it alone', async () => {
    const shared = shareAttributes({ colour: 'red' });
    const stop = shared.run();
    const place = shared.createClient();
    (await writeNote(place, 'r:alice', 'one'))();
    expect(shared.stored()).toEqual({ colour: 'red', sotto: { 'r:alice': 'one' } });
    (await writeNote(place, 'r:alice', undefined))();
    expect(shared.stored()).toEqual({ colour: 'red' });
    stop();
  });

  it('are all kept when several write at once', async () => {
    const shared = shareAttributes({ colour: 'red' });
    const names = ['alice', 'bob', 'carol', 'dave'];
    const places = names.map(() => shared.createClient());
    const writes = names.map((name, index) => writeNote(places[index]!, name, `of ${name}`));
    // All have written from the same state by now, and three notes are lost.
    expect(readNotes(shared.stored())).toEqual({ dave: 'of dave' });
    const stopEvents = shared.run();
    const stopWatching = await Promise.all(writes);
    await vi.waitFor(() => {
      const notes = Object.fromEntries(names.map((name) => [name, `of ${name}`]));
      expect(shared.stored()).toEqual({ colour: 'red', sotto: notes });
    });
    for (const stop of [...stopWatching, stopEvents]) stop();
  });

  it('of another device of the same user have the last word', async () => {
    const shared = shareAttributes();
    const stop = shared.run();
    const [one, other] = [shared.createClient(), shared.createClient()];
    const stopWatching = await writeNote(one, 'alice', 'first');
    await vi.waitFor(() => expect(readNotes(other.read())).toEqual({ alice: 'first' }));
    await writeNote(other, 'alice', 'second');
    await writeNote(other, 'bob', 'hi');
    await vi.waitFor(() => expect(readNotes(one.read())).toEqual({ alice: 'second', bob: 'hi' }));
    expect(readNotes(shared.stored())).toEqual({ alice: 'second', bob: 'hi' });
    stopWatching();
    stop();
  });

  it('that are removed by another device on purpose stay removed', async () => {
    const shared = shareAttributes();
    const stop = shared.run();
    const [one, other] = [shared.createClient(), shared.createClient()];
    const stopWatching = await writeNote(one, 'alice', 'first');
    await vi.waitFor(() => expect(readNotes(other.read())).toEqual({ alice: 'first' }));
    await writeNote(other, 'alice', undefined);
    await vi.waitFor(() => expect(one.read()).toEqual({}));
    shared.deliverAll();
    expect(shared.stored()).toEqual({});
    stopWatching();
    stop();
  });

  it('are refused when they do not fit beside the rest', async () => {
    const place = shareAttributes({ essay: 'x'.repeat(60) }, 100).createClient();
    await expect(writeNote(place, 'alice', 'x'.repeat(60))).rejects.toMatchObject({
      code: 'twilio/attributes-full',
      details: { maxBytes: 100 },
    });
  });

  it.each(['red', 5, true, ['red']])('are refused beside attributes that are no object: %s', async (attributes) => {
    const place = shareAttributes(attributes).createClient();
    await expect(writeNote(place, 'alice', 'hi')).rejects.toMatchObject({ code: 'twilio/attributes-not-object' });
  });

  it('are the texts among what stands in their place, whatever that is', () => {
    expect(readNotes({ sotto: { alice: 'hi', bob: 5, carol: null } })).toEqual({ alice: 'hi' });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const attributes of [value, { sotto: value }] as JsonValue[]) {
          expect(Object.values(readNotes(attributes)).every((note) => typeof note === 'string')).toBe(true);
        }
      }),
    );
  });

  it('do not show in the attributes that the app reads, and outlive those that it writes', () => {
    const present: JsonObject = { colour: 'red', sotto: { alice: 'hi' } };
    expect(withoutNotes(present)).toEqual({ colour: 'red' });
    expect(withNotesOf({ colour: 'blue' }, present)).toEqual({ colour: 'blue', sotto: { alice: 'hi' } });
    expect(withNotesOf({ sotto: { alice: 'forged' } }, present)).toEqual({ sotto: { alice: 'hi' } });
    expect(withNotesOf(['blue'], {})).toEqual(['blue']);
    expect(() => withNotesOf(['blue'], present)).toThrow(
      expect.objectContaining({ code: 'twilio/attributes-not-object' }),
    );
  });
});
