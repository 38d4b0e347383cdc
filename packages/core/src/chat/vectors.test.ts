/** The messages of vectors/chat/messages.json, read by every adapter. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesToUtf8, utf8ToBytes } from '../encoding/bytes.ts';
import { base64ToBytes, base64UrlToBytes, bytesToBase64Url } from '../encoding/text.ts';
import { open } from '../envelope/open.ts';
import { type GroupSession, groupIdToSessionId, openGroupMessage } from '../group/index.ts';
import { importPrivateKey } from '../keys/import-private.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { createWebProvider } from '../provider/web.ts';
import {
  type ChatPayload,
  encodeBody,
  encodePayload,
  parseBody,
  parsePayload,
  parseReactionNote,
  parseTitleNote,
  payloadDigest,
  reactionKeys,
  roomGroupId,
} from './index.ts';

interface Vectors {
  readonly keys: Readonly<Record<'alice' | 'bob', string>>;
  readonly payloads: readonly {
    readonly what: string;
    readonly payload: ChatPayload;
    readonly text: string;
    readonly digest: string;
  }[];
  readonly refusedPayloads: readonly { readonly what: string; readonly payload: string; readonly code: string }[];
  readonly bodies: {
    readonly envelope: { readonly body: string; readonly payload: string };
    readonly group: {
      readonly body: string;
      readonly payload: string;
      readonly room: string;
      readonly initiator: string;
      readonly nonce: string;
      readonly groupId: string;
      readonly key: string;
    };
    readonly media: { readonly body: string; readonly content: string };
    readonly legacy: { readonly body: string; readonly text: string };
    readonly title: { readonly note: string; readonly payload: string };
    readonly reaction: {
      readonly note: string;
      readonly payload: string;
      readonly message: {
        readonly room: string;
        readonly author: string;
        readonly id: string;
        readonly secret: string;
      };
      readonly id: string;
      readonly key: string;
    };
  };
  readonly plainBodies: readonly string[];
  readonly refusedBodies: readonly { readonly body: string; readonly code: string }[];
}

const file = new URL('../../../../vectors/chat/messages.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const { payloads, bodies } = vectors;
const textOf = (what: string): string => payloads.find((one) => one.what === what)!.text;
const withCode = (code: string) => expect.objectContaining({ code });
const providers = [nodeProvider, nobleProvider, await createWebProvider(globalThis.crypto)];

describe('payloads', () => {
  it.each(payloads)('are written and read: $what', async ({ payload, text, digest }) => {
    expect(bytesToUtf8(encodePayload(payload))).toBe(text);
    expect(parsePayload(utf8ToBytes(text))).toEqual(payload);
    expect(await payloadDigest(nodeProvider, utf8ToBytes(text))).toBe(digest);
  });

  it.each(vectors.refusedPayloads)('are refused: $what', ({ payload, code }) => {
    expect(() => parsePayload(utf8ToBytes(payload))).toThrow(withCode(code));
  });
});

describe('bodies', () => {
  it.each(vectors.plainBodies)('are plain text: "%s"', (body) => {
    expect(parseBody(body)).toEqual({ form: 'plain' });
  });

  it.each(vectors.refusedBodies)('are refused: $body', ({ body, code }) => {
    expect(() => parseBody(body)).toThrow(withCode(code));
  });

  it('name a file by its hash', async () => {
    const { body, content } = bodies.media;
    const sha256 = bytesToBase64Url(await nodeProvider.hash('SHA-256', utf8ToBytes(content)));
    expect(parseBody(body)).toEqual({ form: 'media', sha256 });
  });
});

describe.each(providers.map((provider) => [provider.name, provider] as const))('messages, by %s', (_, provider) => {
  const keysOf = async (name: 'alice' | 'bob') => importPrivateKey(provider, base64ToBytes(vectors.keys[name]));
  const openByBob = async (message: Uint8Array) => {
    const [alice, bob] = [await keysOf('alice'), await keysOf('bob')];
    return bytesToUtf8((await open(provider, { message, keys: [bob], signers: [alice.publicKey] })).plaintext);
  };

  it('open in an envelope', async () => {
    const body = parseBody(bodies.envelope.body);
    if (body.form !== 'envelope') throw new Error(body.form);
    expect(await openByBob(body.message)).toBe(textOf(bodies.envelope.payload));
    expect(encodeBody(body)).toBe(bodies.envelope.body);
  });

  it('open in the format of 2019', async () => {
    const body = parseBody(bodies.legacy.body);
    if (body.form !== 'legacy') throw new Error(body.form);
    expect(await openByBob(body.message)).toBe(bodies.legacy.text);
  });

  it('open in a group, whose id names the room', async () => {
    const { body: text, room, initiator, nonce, groupId, key, payload } = bodies.group;
    const body = parseBody(text);
    if (body.form !== 'group') throw new Error(body.form);
    expect(body).toMatchObject({ initiator, nonce });
    expect(bytesToUtf8(roomGroupId(room, body))).toBe(groupId);
    const sessionId = groupIdToSessionId(utf8ToBytes(groupId));
    const session: GroupSession = { sessionId, tickets: [{ sessionId, epoch: 0, key: base64UrlToBytes(key) }] };
    const sender = (await keysOf('alice')).publicKey;
    const opened = await openGroupMessage(provider, { session, message: body.message, sender });
    expect(bytesToUtf8(opened)).toBe(textOf(payload));
  });

  it('open as the title of a room', async () => {
    const { author, body } = parseTitleNote(bodies.title.note);
    expect(author).toBe('alice');
    expect(await openByBob(body.message)).toBe(textOf(bodies.title.payload));
  });

  it('open as a reaction, under keys of the message', async () => {
    const { note, message, id, key, payload } = bodies.reaction;
    const keys = await reactionKeys(provider, message);
    expect([keys.id, keys.secret].map(bytesToBase64Url)).toEqual([id, key]);
    const session: GroupSession = {
      sessionId: keys.id,
      tickets: [{ sessionId: keys.id, epoch: 0, key: keys.secret }],
    };
    const sender = (await keysOf('bob')).publicKey;
    const opened = await openGroupMessage(provider, { session, message: parseReactionNote(note), sender });
    expect(bytesToUtf8(opened)).toBe(textOf(payload));
  });
});
