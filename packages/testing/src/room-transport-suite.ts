/** What every `RoomTransport` must do, run by each adapter's own test. */
import type { Incoming, RoomTransport } from '@sotto/chat';
import { equalBytes } from '@sotto/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** One room of its own for one test, with alice and bob in it. */
export interface TransportWorld {
  /** The room as this member sees it. A member has one transport, however often it is asked for. */
  transportOf(identity: 'alice' | 'bob' | 'carol'): Promise<RoomTransport>;
  /** Lets carol join. */
  addCarol(): Promise<void>;
  removeCarol(): Promise<void>;
  /** Adds a member who cannot decrypt, such as a telephone. */
  addTelephone?(): Promise<void>;
  /** The answer to the next `send` or `edit` of this member is lost; `isStored` says whether what was sent arrived. */
  loseNextAnswer?(identity: 'alice', isStored: boolean): void;
  close(): Promise<void>;
}

interface Told {
  readonly event: 'message' | 'updated' | 'removed';
  readonly message: Incoming;
}

const withCode = (code: string) => expect.objectContaining({ code }) as Error;
/** Waits until the assertion holds: a transport may take a while. */
const until = (assertion: () => void | Promise<void>) => vi.waitFor(assertion, { timeout: 30_000 });
const blobOf = (text: string): Blob => new Blob([text]);

export function roomTransportSuite(adapter: string, open: () => Promise<TransportWorld>): void {
  describe(`${adapter} room transport`, () => {
    let world: TransportWorld;
    let alice: RoomTransport;
    let bob: RoomTransport;
    const stops: (() => void)[] = [];

    beforeEach(async () => {
      world = await open();
      [alice, bob] = [await world.transportOf('alice'), await world.transportOf('bob')];
    });
    afterEach(async () => {
      for (const stop of stops.splice(0)) stop();
      await world.close();
    });

    /** What `transport` tells from now on. */
    const listen = (transport: RoomTransport): Told[] => {
      const told: Told[] = [];
      stops.push(
        transport.subscribe({
          message: (message) => told.push({ event: 'message', message }),
          updated: (message) => told.push({ event: 'updated', message }),
          removed: (message) => told.push({ event: 'removed', message }),
        }),
      );
      return told;
    };
    const sendAll = async (payloads: readonly string[]): Promise<number[]> => {
      const indexes: number[] = [];
      for (const payload of payloads) indexes.push((await alice.send({ payload, files: [] })).index);
      return indexes;
    };
    const all = async (transport: RoomTransport): Promise<readonly Incoming[]> =>
      (await transport.history({ limit: 100 })).items;
    const payloadsOf = async (transport: RoomTransport): Promise<(string | null)[]> =>
      (await all(transport)).map(({ payload }) => payload);
    /** What bob has, once he has it. */
    const arrived = async (count: number): Promise<readonly Incoming[]> => {
      await until(async () => expect(await all(bob)).toHaveLength(count));
      return all(bob);
    };

    it('names the room alike for all members', () => {
      expect(alice.room).not.toBe('');
      expect(bob.room).toBe(alice.room);
    });

    it('brings what one sends to the other, with author, index and time', async () => {
      const told = listen(bob);
      const { index } = await alice.send({ payload: 'for bob', files: [] });
      await until(() => expect(told).toHaveLength(1));
      const { event, message } = told[0]!;
      expect({ event, ...message }).toMatchObject({ event: 'message', author: 'alice', payload: 'for bob', index });
      expect(message).toMatchObject({ notes: {}, files: [], sentAt: expect.any(Date) as Date });
      expect(await payloadsOf(bob)).toEqual(['for bob']);
    });

    it('tells a sender of the own message', async () => {
      const told = listen(alice);
      const { index } = await alice.send({ payload: 'own', files: [] });
      await until(() => expect(told.map(({ message }) => message.index)).toEqual([index]));
    });

    it('keeps the order in which messages were sent, in events and in history', async () => {
      const told = listen(bob);
      const payloads = Array.from({ length: 12 }, (_, number) => `message ${number}`);
      const indexes = await sendAll(payloads);
      await until(() => expect(told.map(({ message }) => message.payload)).toEqual(payloads));
      expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
      expect(await payloadsOf(bob)).toEqual(payloads);
    });

    it('carries any text of the length that it names', async () => {
      const payload = `${'0123456789abcdef-_.:'.repeat(Math.ceil(alice.limits.payloadBytes / 20))}`.slice(
        0,
        alice.limits.payloadBytes,
      );
      await alice.send({ payload, files: [] });
      expect((await arrived(1))[0]!.payload).toBe(payload);
    });

    it('refuses a longer one, and stores nothing', async () => {
      const payload = 'x'.repeat(alice.limits.payloadBytes + 1000);
      await expect(alice.send({ payload, files: [] })).rejects.toThrow(withCode('chat/send-refused'));
      expect(await all(alice)).toEqual([]);
    });

    it('gives history in pages, oldest first, and says whether there is more', async () => {
      const indexes = await sendAll(['a', 'b', 'c', 'd', 'e']);
      await arrived(5);
      const newest = await bob.history({ limit: 2 });
      expect(newest.items.map(({ payload }) => payload)).toEqual(['d', 'e']);
      expect(newest.hasOlder).toBe(true);
      const middle = await bob.history({ limit: 2, before: newest.items[0]!.index });
      expect(middle.items.map(({ payload }) => payload)).toEqual(['b', 'c']);
      const oldest = await bob.history({ limit: 2, before: middle.items[0]!.index });
      expect(oldest.items.map(({ payload, index }) => [payload, index])).toEqual([['a', indexes[0]]]);
      expect(oldest.hasOlder).toBe(false);
      expect(await bob.history({ limit: 2, before: indexes[0]! })).toEqual({ items: [], hasOlder: false });
    });

    it('finds one message by the index after it', async () => {
      const indexes = await sendAll(['a', 'b', 'c']);
      await arrived(3);
      const { items } = await bob.history({ before: indexes[1]! + 1, limit: 1 });
      expect(items.map(({ payload }) => payload)).toEqual(['b']);
    });

    it('replaces the text of a message in its place', async () => {
      await sendAll(['first', 'second']);
      const [{ ref, index }] = (await arrived(2)) as [Incoming];
      const told = listen(bob);
      await alice.edit(ref, 'first, corrected');
      await until(() => expect(told.map(({ event }) => event)).toContain('updated'));
      expect(told.at(-1)!.message).toMatchObject({ ref, index, payload: 'first, corrected' });
      expect(await payloadsOf(bob)).toEqual(['first, corrected', 'second']);
    });

    it('does not change what it has handed out', async () => {
      await sendAll(['first']);
      const [before] = (await arrived(1)) as [Incoming];
      const told = listen(bob);
      await alice.edit(before.ref, 'second');
      await alice.edit(before.ref, 'third');
      await until(() => expect(told.map(({ message }) => message.payload)).toContain('third'));
      expect(before.payload).toBe('first');
    });

    it('removes a message, and leaves the others where they are', async () => {
      const indexes = await sendAll(['a', 'b', 'c']);
      const [, { ref }] = (await arrived(3)) as [Incoming, Incoming];
      const told = listen(bob);
      await alice.remove(ref);
      await until(() => expect(told.map(({ event, message }) => [event, message.ref])).toEqual([['removed', ref]]));
      expect((await all(bob)).map(({ index }) => index)).toEqual([indexes[0], indexes[2]]);
    });

    it('keeps notes beside a message, and tells of them', async () => {
      await sendAll(['a']);
      const [{ ref }] = (await arrived(1)) as [Incoming];
      const told = listen(alice);
      await bob.setNote(ref, 'r:bob', 'liked');
      await until(() => expect(told.at(-1)?.message.notes).toEqual({ 'r:bob': 'liked' }));
      expect(told.at(-1)).toMatchObject({ event: 'updated', message: { ref, payload: 'a' } });
      await bob.setNote(ref, 'r:bob', undefined);
      await until(async () => expect((await all(alice))[0]!.notes).toEqual({}));
    });

    it('keeps the notes of both when two write at the same time', async () => {
      await sendAll(['a']);
      const [{ ref }] = (await arrived(1)) as [Incoming];
      await Promise.all([alice.setNote(ref, 'r:alice', '1'), bob.setNote(ref, 'r:bob', '2')]);
      const both = { 'r:alice': '1', 'r:bob': '2' };
      await until(async () => expect((await all(bob))[0]!.notes).toEqual(both));
      expect((await all(alice))[0]!.notes).toEqual(both);
    });

    it('keeps notes when the text is replaced', async () => {
      await sendAll(['a']);
      const [{ ref }] = (await arrived(1)) as [Incoming];
      await bob.setNote(ref, 'r:bob', 'liked');
      await alice.edit(ref, 'b');
      const changed = { payload: 'b', notes: { 'r:bob': 'liked' } };
      await until(async () => expect((await all(bob))[0]).toMatchObject(changed));
    });

    it('refuses notes beyond the length that it names', async () => {
      await sendAll(['a']);
      const [{ ref }] = (await arrived(1)) as [Incoming];
      const note = 'x'.repeat(alice.limits.noteBytes + 1);
      await expect(alice.setNote(ref, 'r:alice', note)).rejects.toThrow(withCode('chat/send-refused'));
    });

    it('keeps notes beside the room, and tells of them', async () => {
      let count = 0;
      stops.push(bob.subscribe({ roomNotesChanged: () => count++ }));
      await alice.setRoomNote('title', 'one');
      await until(async () => expect(await bob.roomNotes()).toEqual({ title: 'one' }));
      await until(() => expect(count).toBeGreaterThan(0));
      await alice.setRoomNote('title', undefined);
      await until(async () => expect(await bob.roomNotes()).toEqual({}));
    });

    it('says who takes part, and when that changes', async () => {
      let count = 0;
      stops.push(alice.subscribe({ membersChanged: () => count++ }));
      const names = async () => (await alice.members()).map(({ identity }) => identity).sort();
      expect(await names()).toEqual(['alice', 'bob']);
      await world.addCarol();
      await until(async () => expect(await names()).toEqual(['alice', 'bob', 'carol']));
      await until(() => expect(count).toBeGreaterThan(0));
      await world.removeCarol();
      await until(async () => expect(await names()).toEqual(['alice', 'bob']));
    });

    it('gives history to one who joins later', async () => {
      await sendAll(['before carol']);
      await world.addCarol();
      expect(await payloadsOf(await world.transportOf('carol'))).toEqual(['before carol']);
    });

    it('says of a telephone that it cannot decrypt', async (test) => {
      if (!world.addTelephone) return test.skip();
      await world.addTelephone();
      await until(async () => expect((await alice.members()).map(({ canDecrypt }) => canDecrypt)).toContain(false));
      const telephone = (await alice.members()).find(({ canDecrypt }) => !canDecrypt)!;
      expect(telephone.ref).not.toBe('');
    });

    it('carries files beside a message, by their names', async () => {
      const progress: [number, number][] = [];
      const files = ['one', 'two'].map((name) => {
        return { name, type: 'application/octet-stream', content: blobOf(`content of ${name}`) };
      });
      await alice.send({ payload: 'files', files }, { onProgress: (done, total) => progress.push([done, total]) });
      const [message] = (await arrived(1)) as [Incoming];
      const found = new Map(message.files.map((file) => [file.name, file]));
      expect([...found.keys()].sort()).toEqual(['one', 'two']);
      for (const name of ['one', 'two']) {
        const file = found.get(name)!;
        expect(await (await file.download()).text()).toBe(`content of ${name}`);
        expect(file.size).toBe(blobOf(`content of ${name}`).size);
      }
      for (const [done, total] of progress) expect(done).toBeLessThanOrEqual(total);
    });

    it('carries a file of some size unchanged', async () => {
      const bytes = new Uint8Array(300_000).map((_, index) => (index * 7) % 251);
      const file = { name: 'large', type: 'application/octet-stream', content: new Blob([bytes]) };
      await alice.send({ payload: 'file', files: [file] });
      const [message] = (await arrived(1)) as [Incoming];
      const content = await message.files[0]!.download();
      expect(equalBytes(new Uint8Array(await content.arrayBuffer()), bytes)).toBe(true);
    });

    it('keeps files when the text is replaced', async () => {
      const file = { name: 'one', type: 'application/octet-stream', content: blobOf('content') };
      await alice.send({ payload: 'a', files: [file] });
      const [{ ref }] = (await arrived(1)) as [Incoming];
      await alice.edit(ref, 'b');
      await until(async () => expect((await all(bob))[0]!.payload).toBe('b'));
      expect(await (await (await all(bob))[0]!.files[0]!.download()).text()).toBe('content');
    });

    it('refuses more files than it names', async () => {
      const files = Array.from({ length: alice.limits.attachmentCount + 1 }, (_, number) => {
        return { name: `file ${number}`, type: 'application/octet-stream', content: blobOf('x') };
      });
      await expect(alice.send({ payload: 'files', files })).rejects.toThrow(withCode('chat/send-refused'));
      expect(await all(alice)).toEqual([]);
    });

    it('sends nothing for a caller who has given up', async () => {
      const message = { payload: 'never', files: [] };
      await expect(alice.send(message, { signal: AbortSignal.abort() })).rejects.toThrow();
      expect(await all(alice)).toEqual([]);
    });

    it.for([true, false])(
      'says that a send is doubtful when its answer is lost; stored: %s',
      async (isStored, test) => {
        if (!world.loseNextAnswer) return test.skip();
        world.loseNextAnswer('alice', isStored);
        await expect(alice.send({ payload: 'lost?', files: [] })).rejects.toThrow(withCode('chat/send-doubtful'));
        const expected = isStored ? ['lost?'] : [];
        await until(async () => expect(await payloadsOf(bob)).toEqual(expected));
      },
    );

    it('tells nothing more to one who has stopped listening', async () => {
      const told = listen(bob);
      const other = listen(bob);
      await sendAll(['a']);
      await until(() => expect(told).toHaveLength(1));
      stops[0]!();
      await sendAll(['b']);
      await until(() => expect(other).toHaveLength(2));
      expect(told).toHaveLength(1);
    });
  });
}
