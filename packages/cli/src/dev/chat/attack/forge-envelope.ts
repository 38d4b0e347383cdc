/**
 * The best forgery that a user can make of another: a message of the room in every way, for all of its members, that says the
 * victim wrote it. Only the signature is the forger's own.
 */
import type { ChatSession } from '@sotto/chat';
import { bytesToBase64Url } from '@sotto/core';
import { encodeBody, encodePayload } from '@sotto/core/chat';

export interface Forgery {
  readonly room: string;
  /** In whose name. */
  readonly author: string;
  readonly text: string;
  /** Identities; those without a card cannot be written to. */
  readonly members: readonly string[];
}

/** The body of the message, as the chat service stores it. */
export async function forgeEnvelope(forger: ChatSession, { room, author, text, members }: Forgery): Promise<string> {
  const people = await forger.findPeople(members);
  const envelope = await forger.prepareEnvelope([...people.values()].map(({ card }) => card));
  const random = (length: number) => bytesToBase64Url(forger.provider.randomBytes(length));
  const payload = encodePayload({
    kind: 'message',
    room,
    sender: author,
    device: random(8),
    id: random(16),
    to: envelope.keyIds,
    n: 1,
    prev: null,
    m: 1,
    text,
    secret: random(16),
  });
  return encodeBody({ form: 'envelope', message: await envelope.seal(payload) });
}
