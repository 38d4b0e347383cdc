/**
 * What travels in a group: tickets, which carry the key of an epoch to its members, and messages. Both are one structure with one of two
 * fields. Source: docs/spec/groups.md §1.
 */
import { GroupError } from './errors.ts';
import { encodeProtobuf, type ProtobufFields, readProtobuf } from './protobuf.ts';

/** The key of one epoch of a group. */
export interface Ticket {
  /** 32 bytes. */
  readonly sessionId: Uint8Array;
  readonly epoch: number;
  /** 32 bytes, secret. */
  readonly key: Uint8Array;
}

/** What is said in clear about a message, and authenticated with its text. */
export interface GroupHeader {
  /** 32 bytes. */
  readonly sessionId: Uint8Array;
  readonly epoch: number;
  /** 32 bytes. */
  readonly salt: Uint8Array;
}

export interface GroupMessage {
  /** Of a `GroupHeader`, as it came. */
  readonly header: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** What readers of the official client take. */
export const MAX_MESSAGE_LENGTH = 30_188;

const VERSION = 0;
const FIELD = { version: 1, ticket: 2, message: 3 } as const;

export function encodeTicket({ sessionId, epoch, key }: Ticket): Uint8Array {
  const ticket = encodeProtobuf([1, sessionId], [2, epoch], [3, key]);
  return encodeProtobuf([FIELD.version, VERSION], [FIELD.ticket, ticket]);
}

/** @throws `group/malformed` */
export function parseTicket(bytes: Uint8Array): Ticket {
  const fields = readContent(bytes, FIELD.ticket);
  return { sessionId: fields.bytes(1, 32).slice(), epoch: fields.uint32(2), key: fields.bytes(3, 32).slice() };
}

export function encodeGroupHeader({ sessionId, epoch, salt }: GroupHeader): Uint8Array {
  return encodeProtobuf([1, sessionId], [2, epoch], [3, salt]);
}

/** @throws `group/malformed` */
export function parseGroupHeader(bytes: Uint8Array): GroupHeader {
  const fields = readProtobuf(bytes);
  return { sessionId: fields.bytes(1, 32), epoch: fields.uint32(2), salt: fields.bytes(3, 32) };
}

export function encodeGroupMessage({ header, signature, ciphertext }: GroupMessage): Uint8Array {
  const message = encodeProtobuf([1, header], [2, signature], [3, ciphertext]);
  return encodeProtobuf([FIELD.version, VERSION], [FIELD.message, message]);
}

/** Views of `bytes`. @throws `group/malformed` */
export function parseGroupMessage(bytes: Uint8Array): GroupMessage {
  const fields = readContent(bytes, FIELD.message);
  return { header: fields.bytes(1), signature: fields.bytes(2, 64), ciphertext: fields.bytes(3) };
}

/** There is a version, whatever its number, and exactly one kind of content, which is the one that is wanted. */
function readContent(bytes: Uint8Array, wanted: number): ProtobufFields {
  if (bytes.length > MAX_MESSAGE_LENGTH) throw new GroupError('group/malformed');
  const fields = readProtobuf(bytes);
  fields.uint32(FIELD.version);
  if (fields.has(FIELD.ticket) && fields.has(FIELD.message)) throw new GroupError('group/malformed');
  return readProtobuf(fields.bytes(wanted));
}
