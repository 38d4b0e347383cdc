/**
 * What a chat service stores as the text of a message: one self-describing ASCII string. Everything that is not of these forms is a message
 * of the 2019 format, or plain text that nobody encrypted. Source: docs/spec/chat.md §1.
 */
import { bytesToUtf8, utf8ToBytes } from '../encoding/bytes.ts';
import { base64ToBytes, base64UrlToBytes, bytesToBase64, bytesToBase64Url } from '../encoding/text.ts';
import { parseMessageInfo } from '../envelope/header.ts';
import { chatFormatError } from './errors.ts';
import { asBytesText, asText, refuse } from './fields.ts';

export type ChatBody =
  | SealedBody
  /** The body proper is a file beside the message; base64url of the SHA-256 of it. */
  | { readonly form: 'media'; readonly sha256: string }
  /** An envelope of the 2019 article, in either signed mode. */
  | { readonly form: 'legacy'; readonly message: Uint8Array }
  | { readonly form: 'plain' };

/** An encrypted payload: for the keys that an envelope lists, or for a group of the room. */
export type SealedBody =
  | { readonly form: 'envelope'; readonly message: Uint8Array }
  | ({ readonly form: 'group'; readonly message: Uint8Array } & RoomGroupName);

/** Which group of a room: who began it, and 16 random bytes, base64url. */
export interface RoomGroupName {
  readonly initiator: string;
  readonly nonce: string;
}

/** UTF-16 units, of bodies in media too. */
export const MAX_BODY_LENGTH = 8 * 1024 * 1024;

const PREFIX = { envelope: 'sotto1:', group: 'sotto1g:', media: 'sotto1m:', reaction: 'sotto1r:', title: 'sotto1t:' };
const ANY_PREFIX = /^sotto\d{1,9}[a-z]?:/;

export function encodeBody(body: Exclude<ChatBody, { readonly form: 'plain' }>): string {
  switch (body.form) {
    case 'envelope':
      return `${PREFIX.envelope}${bytesToBase64Url(body.message)}`;
    case 'group':
      return `${PREFIX.group}${encodeName(body.initiator)}.${body.nonce}.${bytesToBase64Url(body.message)}`;
    case 'media':
      return `${PREFIX.media}${body.sha256}`;
    case 'legacy':
      return bytesToBase64(body.message);
  }
}

/** @throws `chat/malformed`, `chat/unsupported-version` for forms that begin as ours and are not known */
export function parseBody(text: string): ChatBody {
  const prefix = ANY_PREFIX.exec(text)?.[0];
  if (prefix !== undefined && text.length > MAX_BODY_LENGTH) refuse('length');
  const rest = text.slice(prefix?.length ?? 0);
  switch (prefix) {
    case undefined:
      return parseForeign(text);
    case PREFIX.envelope:
      return { form: 'envelope', message: decode(rest) };
    case PREFIX.group:
      return parseGroup(rest);
    case PREFIX.media:
      return { form: 'media', sha256: asBytesText(32)(rest, 'media') };
    default:
      throw chatFormatError('chat/unsupported-version');
  }
}

/** The note beside a message that holds one user's reactions: a message of a group, under a secret of the message. */
export function encodeReactionNote(message: Uint8Array): string {
  return `${PREFIX.reaction}${bytesToBase64Url(message)}`;
}

/** @throws `chat/malformed` */
export function parseReactionNote(text: string): Uint8Array {
  return decode(withoutPrefix(text, PREFIX.reaction));
}

/** The note beside a room that holds its title: who wrote it, so that it can be verified, and a body that is no media. */
export function encodeTitleNote({ author, body }: TitleNote): string {
  return `${PREFIX.title}${encodeName(author)}.${encodeBody(body)}`;
}

/** @throws `chat/malformed`, `chat/unsupported-version` */
export function parseTitleNote(text: string): TitleNote {
  const rest = withoutPrefix(text, PREFIX.title);
  const end = rest.indexOf('.');
  const body = parseBody(rest.slice(end + 1));
  if (end < 0 || (body.form !== 'envelope' && body.form !== 'group')) return refuse('title');
  return { author: decodeName(rest.slice(0, end)), body };
}

export interface TitleNote {
  readonly author: string;
  readonly body: SealedBody;
}

function parseGroup(rest: string): ChatBody {
  const [initiator = '', nonce = '', message = '', ...others] = rest.split('.', 4);
  if (others.length > 0) refuse('group');
  return {
    form: 'group',
    initiator: decodeName(initiator),
    nonce: asBytesText(16)(nonce, 'group'),
    message: decode(message),
  };
}

function parseForeign(text: string): ChatBody {
  if (text.length > MAX_BODY_LENGTH) return { form: 'plain' };
  try {
    const message = base64ToBytes(text);
    parseMessageInfo(message);
    return { form: 'legacy', message };
  } catch {
    return { form: 'plain' };
  }
}

function withoutPrefix(text: string, prefix: string): string {
  if (text.length > MAX_BODY_LENGTH || !text.startsWith(prefix)) refuse('note');
  return text.slice(prefix.length);
}

function encodeName(name: string): string {
  return bytesToBase64Url(utf8ToBytes(name));
}

function decodeName(text: string): string {
  if (text.length > 4096) refuse('name');
  try {
    return asText(1024)(bytesToUtf8(base64UrlToBytes(text)), 'name');
  } catch {
    return refuse('name');
  }
}

/** At least one byte. */
function decode(text: string): Uint8Array {
  return base64UrlToBytes(asBytesText(1, MAX_BODY_LENGTH)(text, 'body'));
}
