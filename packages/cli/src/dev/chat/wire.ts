/** `GET /demo/wire?room=<sid>`: what the chat service holds of one room, byte for byte. The app has the same shapes in `features/wire/contract.ts`. */
import { type Control, EmulatorError, type StoredMedia, type StoredRoom } from '@sotto/twilio-emulator';
import { demoError } from './errors.ts';
import { answerJson, checkOwnPage, type Route } from './routes.ts';

export interface WireAnswer {
  readonly room: WireRoom;
  /** By index: the newest 200. */
  readonly messages: readonly WireMessage[];
}

export interface WireRoom {
  readonly sid: string;
  readonly friendlyName: string | null;
  readonly uniqueName: string | null;
  /** JSON, as stored. */
  readonly attributes: string;
  readonly createdBy: string | null;
  readonly createdAt: string;
  readonly participants: readonly WireParticipant[];
}

export interface WireParticipant {
  readonly sid: string;
  readonly identity: string | null;
  readonly type: string;
  readonly joinedAt: string;
  readonly readIndex: number | null;
  readonly readAt: string | null;
}

export interface WireMessage {
  readonly sid: string;
  readonly index: number;
  readonly author: string | null;
  readonly createdAt: string;
  readonly updatedAt: string | null;
  readonly body: string | null;
  /** JSON, as stored. */
  readonly attributes: string;
  readonly media: readonly WireMedia[];
}

export interface WireMedia {
  readonly sid: string;
  readonly contentType: string;
  readonly filename: string | null;
  /** Bytes. */
  readonly size: number;
  /** The first 48 bytes, base64. */
  readonly head?: string;
}

const PATH = '/demo/wire';
const MAX_MESSAGES = 200;
const HEAD_BYTES = 48;

export function wireRoute(control: Pick<Control, 'inspect'>): Route {
  return (request, url) => {
    if (request.method !== 'GET' || url.pathname !== PATH) return undefined;
    return answerJson(async () => {
      checkOwnPage(request, url);
      return toWire(await inspect(control, url.searchParams.get('room') ?? ''));
    });
  };
}

async function inspect(control: Pick<Control, 'inspect'>, room: string): Promise<StoredRoom> {
  try {
    return await control.inspect(room);
  } catch (cause) {
    if (cause instanceof EmulatorError) throw demoError('demo/unknown-target', { cause });
    throw cause;
  }
}

async function toWire({ conversation, participants, messages }: StoredRoom): Promise<WireAnswer> {
  const { dateCreated: createdAt, ...named } = conversation;
  return {
    room: {
      ...named,
      createdAt,
      participants: participants.map(({ sid, identity, type, dateCreated, lastReadIndex, lastReadAt }) => {
        return { sid, identity, type, joinedAt: dateCreated, readIndex: lastReadIndex, readAt: lastReadAt };
      }),
    },
    messages: await Promise.all(
      messages.slice(-MAX_MESSAGES).map(async ({ dateCreated, dateUpdated, media, ...message }) => ({
        ...message,
        createdAt: dateCreated,
        updatedAt: dateUpdated === dateCreated ? null : dateUpdated,
        media: await Promise.all(media.map(toWireMedia)),
      })),
    ),
  };
}

async function toWireMedia(stored: StoredMedia): Promise<WireMedia> {
  const { sid, contentType, filename, size } = stored;
  const head = await stored.head(HEAD_BYTES);
  return { sid, contentType, filename, size, ...(head && { head: Buffer.from(head).toString('base64') }) };
}
