/** Payloads as JSON: written with sorted names, read with bounds, whatever the bytes. Source: docs/spec/chat.md §2 and §3. */
import { bytesToUtf8, utf8ToBytes } from '../encoding/bytes.ts';
import { bytesToBase64Url } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { canonicalizeJson } from '../field/canonical-json.ts';
import { parseStrictJson } from '../field/strict-json.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { chatFormatError } from './errors.ts';
import {
  asBytesText,
  asInteger,
  asList,
  asObject,
  asSortedList,
  asText,
  type Members,
  optional,
  orNull,
  refuse,
  required,
} from './fields.ts';
import {
  type AttachmentEntry,
  type Audience,
  type ChainPlace,
  type ChatPayload,
  type EditPayload,
  MAX_EMOJI_BYTES,
  MAX_PAYLOAD_LENGTH,
  type MessageContent,
  type PayloadHead,
  type ReactionPayload,
  type TitlePayload,
} from './payload.ts';

const VERSION = 1;
const MAX = { name: 1024, text: MAX_PAYLOAD_LENGTH, readers: 2000, extra: 100, attachments: 100, emoji: 20 };

const asName = asText(MAX.name);
const asId = asBytesText(16);
const asDevice = asBytesText(8);
const asDigest = asBytesText(32);
const asKeyId = asBytesText(8, 32);

/** @throws `chat/bad-content` for what `parsePayload` would refuse */
export function encodePayload(payload: ChatPayload): Uint8Array {
  try {
    const bytes = utf8ToBytes(canonicalizeJson({ v: VERSION, ...(withoutUndefined(payload) as object) }));
    parsePayload(bytes);
    return bytes;
  } catch (error) {
    const details = isSdkError(error) ? { part: error.details.part ?? error.code } : {};
    throw chatFormatError('chat/bad-content', { details });
  }
}

/** @throws `chat/malformed`, `chat/unsupported-version` for another version or kind */
export function parsePayload(bytes: Uint8Array): ChatPayload {
  if (bytes.length > MAX_PAYLOAD_LENGTH) refuse('length');
  const members = asObject(parseJson(bytes), 'payload');
  if (typeof members.v !== 'number' || typeof members.kind !== 'string') refuse('v');
  const read = members.v === VERSION ? READERS.get(members.kind) : undefined;
  if (!read) throw chatFormatError('chat/unsupported-version');
  return read(members);
}

/** What the next payload of the chain names: base64url of SHA-256. */
export async function payloadDigest(provider: Pick<CryptoProvider, 'hash'>, payload: Uint8Array): Promise<string> {
  return bytesToBase64Url(await provider.hash('SHA-256', payload));
}

const READERS = new Map<string, (members: Members) => ChatPayload>([
  ['message', (members) => ({ kind: 'message', ...readContent(members), m: required(members, 'm', asInteger(1)) })],
  ['edit', readEdit],
  ['reaction', readReaction],
  ['title', readTitle],
]);

function readEdit(members: Members): EditPayload {
  const of = required(members, 'of', asObject);
  return {
    kind: 'edit',
    ...readContent(members),
    of: {
      id: required(of, 'id', asId),
      device: required(of, 'device', asDevice),
      m: required(of, 'm', asInteger(1)),
    },
    revision: required(members, 'revision', asInteger(1)),
  };
}

function readReaction(members: Members): ReactionPayload {
  const emoji = required(members, 'emoji', asList(asEmoji, { min: 0, max: MAX.emoji }));
  if (new Set(emoji).size !== emoji.length) refuse('emoji');
  const revision = required(members, 'revision', asInteger(1));
  return { kind: 'reaction', emoji, revision };
}

function readTitle(members: Members): TitlePayload {
  const text = required(members, 'text', asText(MAX.name));
  const revision = required(members, 'revision', asInteger(1));
  return { kind: 'title', ...readHead(members), ...readAudience(members), text, revision };
}

function readContent(members: Members): PayloadHead & Audience & ChainPlace & MessageContent {
  const [n, prev] = [required(members, 'n', asInteger(1)), required(members, 'prev', orNull(asDigest))];
  if ((n === 1) !== (prev === null)) refuse('prev');
  const text = required(members, 'text', orNull(asAnyText));
  const attachments = optional(members, 'attachments', asList(readAttachment, { min: 1, max: MAX.attachments }));
  if (text === null && !attachments.attachments) refuse('text');
  return {
    ...readHead(members),
    ...readAudience(members),
    n,
    prev,
    text,
    ...attachments,
    ...optional(members, 'replyTo', readReply),
    ...optional(members, 'expiresAt', asInteger(1)),
    secret: required(members, 'secret', asId),
    ...optional(members, 'extra', asList(readExtra, { min: 1, max: MAX.extra })),
    ...optional(members, 'leftOut', asSortedList(asName, { min: 1, max: MAX.readers })),
  };
}

function readHead(members: Members): PayloadHead {
  return {
    room: required(members, 'room', asName),
    sender: required(members, 'sender', asName),
    device: required(members, 'device', asDevice),
    id: required(members, 'id', asId),
  };
}

function readAudience(members: Members): Audience {
  if (members.group === undefined)
    return { to: required(members, 'to', asSortedList(asKeyId, { min: 1, max: MAX.readers })) };
  if (members.to !== undefined) refuse('to');
  const group = required(members, 'group', asObject);
  return { group: { session: required(group, 'session', asDigest), ...optional(group, 'after', asDigest) } };
}

function readAttachment(value: unknown, part: string): AttachmentEntry {
  const entry = asObject(value, part);
  return {
    name: required(entry, 'name', asText(255)),
    type: required(entry, 'type', asText(255)),
    size: required(entry, 'size', asInteger(0)),
    key: required(entry, 'key', asBytesText(16, 512)),
    sha256: required(entry, 'sha256', asDigest),
    file: required(entry, 'file', asId),
    ...optional(entry, 'width', asInteger(1, 1_000_000)),
    ...optional(entry, 'height', asInteger(1, 1_000_000)),
  };
}

function readReply(value: unknown, part: string): { readonly id: string; readonly index: number } {
  const reply = asObject(value, part);
  return { id: required(reply, 'id', asId), index: required(reply, 'index', asInteger(0)) };
}

function readExtra(value: unknown, part: string): { readonly identity: string; readonly keyId: string } {
  const reader = asObject(value, part);
  return { identity: required(reader, 'identity', asName), keyId: required(reader, 'keyId', asKeyId) };
}

/** Of a message, where the empty one is a text too. */
function asAnyText(value: unknown, part: string): string {
  return typeof value === 'string' ? value : refuse(part);
}

function asEmoji(value: unknown, part: string): string {
  const emoji = asText(MAX_EMOJI_BYTES)(value, part);
  return utf8ToBytes(emoji).length <= MAX_EMOJI_BYTES ? emoji : refuse(part);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytesToUtf8(bytes));
  } catch {
    return refuse('json'); // without the cause, which may quote the text
  }
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutUndefined(member)]));
}
