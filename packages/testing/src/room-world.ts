/** Users with rooms open on the memory hub, each behind a transport that can be made to lie. */
import {
  createMemoryHub,
  type EncryptedRoom,
  type MemoryHub,
  type MemoryHubOptions,
  openRoom,
  type RoomMessage,
  type RoomOptions,
} from '@sotto/chat';
import { bytesToBase64Url, type Card } from '@sotto/core';
import { encodeBody, encodePayload, type MessagePayload } from '@sotto/core/chat';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { createTestDirectory, type TestDirectory, type TestUser, type TestUserOptions } from './chat-users.ts';
import { createEvilTransport, type EvilTransport } from './evil-transport.ts';

export interface Side {
  readonly user: TestUser;
  readonly transport: EvilTransport;
  readonly room: EncryptedRoom;
  /** What the room told of, oldest first. */
  readonly told: { readonly event: 'message' | 'updated' | 'removed'; readonly message: RoomMessage }[];
  /** Empty again, or the test fails. */
  readonly trouble: unknown[];
}

export interface SideOptions extends TestUserOptions, Omit<Partial<RoomOptions>, 'transport' | 'user'> {
  /** The room, `the room` unless given. */
  readonly name?: string | undefined;
  readonly user?: TestUser | undefined;
}

export interface RoomKit {
  readonly hub: MemoryHub;
  readonly directory: TestDirectory;
  /** Lets a user join, and opens the room. */
  open(identity: string, options?: SideOptions): Promise<Side>;
  /** As `open`, for several who all are there before the first room is opened. */
  openAll(...identities: string[]): Promise<Side[]>;
}

/** Registers what sets rooms up for each test and closes them. */
export function useRooms(hubOptions: MemoryHubOptions = {}): RoomKit {
  let hub: MemoryHub;
  let directory: TestDirectory;
  const sides: Side[] = [];

  beforeEach(() => {
    hub = createMemoryHub(hubOptions);
    directory = createTestDirectory();
  });
  afterEach(async () => {
    const open = sides.splice(0);
    await Promise.all(open.map(({ room }) => room.close()));
    expect(open.flatMap(({ trouble }) => trouble)).toEqual([]);
  });

  const open: RoomKit['open'] = async (identity, { name = 'the room', user: given, ...options } = {}) => {
    const user = given ?? (await directory.createUser(identity, options));
    const transport = createEvilTransport(hub.join(name, identity));
    const room = await openRoom({ transport, user, ...options });
    const side: Side = { user, transport, room, told: [], trouble: [] };
    for (const event of ['message', 'updated', 'removed'] as const) {
      room.on(event, (message) => side.told.push({ event, message }));
    }
    room.on('trouble', (error) => side.trouble.push(error));
    sides.push(side);
    return side;
  };
  return {
    get hub() {
      return hub;
    },
    get directory() {
      return directory;
    },
    open,
    async openAll(...identities) {
      for (const identity of identities) hub.join('the room', identity);
      return Promise.all(identities.map((identity) => open(identity)));
    },
  };
}

/** All messages of the room as this side sees them now. */
export async function messagesOf({ room }: Side, limit = 100): Promise<readonly RoomMessage[]> {
  return (await room.messages({ limit })).items;
}

/** One line for each: its text, or what is the matter with it. */
export function describeMessage({ text, verification }: RoomMessage): string {
  if (verification.state === 'failed') return `failed: ${verification.reason}`;
  return `${verification.state}: ${text ?? 'no text'}`;
}

export const withCode = (code: string) => expect.objectContaining({ code }) as Error;

/** Waits until the assertion holds, on a slow machine too. */
export async function until(assertion: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(assertion, { timeout: 30_000 });
}

const idOf = (byte: number, length = 16): string => bytesToBase64Url(new Uint8Array(length).fill(byte));

/** A body that this user signed: whatever is in it, and whoever it is for. */
export async function forge(
  { user: { session }, room: { room } }: Side,
  { readers, ...changes }: Partial<MessagePayload> & { readonly readers: readonly Card[] },
): Promise<string> {
  const prepared = await session.prepareEnvelope(readers);
  const payload = {
    kind: 'message',
    room,
    sender: session.identity,
    device: idOf(1, 8),
    id: idOf(2),
    to: prepared.keyIds,
    n: 1,
    m: 1,
    prev: null,
    text: 'forged',
    secret: idOf(3),
    ...changes,
  } as MessagePayload;
  return encodeBody({ form: 'envelope', message: await prepared.seal(encodePayload(payload)) });
}
