import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { bytesToBase64Url } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import {
  type ChatBody,
  type ChatPayload,
  encodeBody,
  encodePayload,
  encodeReactionNote,
  encodeTitleNote,
  MAX_BODY_LENGTH,
  MAX_PAYLOAD_LENGTH,
  parseBody,
  parsePayload,
  parseReactionNote,
  parseTitleNote,
} from './index.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesToBase64Url);
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const text = fc.string({ unit: 'grapheme', maxLength: 300 });
const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const sorted = (item: fc.Arbitrary<string>, minLength: number) =>
  fc.uniqueArray(item, { minLength, maxLength: 8 }).map((items) => items.sort());
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const head = { room: name, sender: name, device: bytes(8), id: bytes(16) };
const audience = fc.oneof(
  fc.record({ to: sorted(fc.oneof(bytes(8), bytes(32)), 1) }),
  fc.record({ group: fc.record({ session: bytes(32), after: maybe(bytes(32)) }) }),
);
const chained = fc.oneof(
  fc.constant({ n: 1, prev: null }),
  fc.record({ n: fc.integer({ min: 2, max: 2 ** 40 }), prev: bytes(32) }),
);
const attachment = fc.record({
  name,
  type: name,
  size: fc.nat(),
  key: fc.uint8Array({ minLength: 16, maxLength: 512 }).map(bytesToBase64Url),
  sha256: bytes(32),
  file: bytes(16),
  width: maybe(fc.integer({ min: 1, max: 1_000_000 })),
  height: maybe(fc.integer({ min: 1, max: 1_000_000 })),
});
const content = fc.record({
  ...head,
  text,
  attachments: maybe(fc.array(attachment, { minLength: 1, maxLength: 3 })),
  replyTo: maybe(fc.record({ id: bytes(16), index: fc.nat() })),
  expiresAt: maybe(count),
  secret: bytes(16),
  extra: maybe(fc.array(fc.record({ identity: name, keyId: bytes(8) }), { minLength: 1, maxLength: 3 })),
  leftOut: maybe(sorted(name, 1)),
});
const of = fc.record({ id: bytes(16), device: bytes(8), m: count });
const emoji = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }), { maxLength: 5 });

const joined = (...parts: fc.Arbitrary<object>[]): fc.Arbitrary<ChatPayload> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as ChatPayload);
const payload: fc.Arbitrary<ChatPayload> = fc.oneof(
  joined(fc.record({ kind: fc.constant('message'), m: count }), audience, chained, content),
  joined(fc.record({ kind: fc.constant('edit'), of, revision: count }), audience, chained, content),
  joined(fc.record({ kind: fc.constant('title'), ...head, text: name, revision: count }), audience),
  joined(fc.record({ kind: fc.constant('reaction'), emoji, revision: count })),
);
const sealed = fc.oneof(
  fc.record({ form: fc.constant('envelope' as const), message: fc.uint8Array({ minLength: 1 }) }),
  fc.record({
    form: fc.constant('group' as const),
    message: fc.uint8Array({ minLength: 1 }),
    initiator: name,
    nonce: bytes(16),
  }),
);

const isCoded = (error: unknown): boolean =>
  isSdkError(error, 'chat/malformed') || isSdkError(error, 'chat/unsupported-version');
const expectCoded = (task: () => unknown): void => {
  try {
    task();
  } catch (error) {
    expect(error).toSatisfy(isCoded);
  }
};
const withCode = (code: string) => expect.objectContaining({ code });

describe('a payload', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(payload, (written) => {
        expect(parsePayload(encodePayload(written))).toEqual(written);
      }),
    );
  });

  it('of any bytes is read, or refused with a code', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(utf8ToBytes)), (any) => expectCoded(() => parsePayload(any))),
    );
  });

  it('with any member exchanged is read, or refused with a code', () => {
    const change = fc.tuple(payload, fc.nat(), fc.oneof(fc.jsonValue(), fc.constant(undefined)));
    fc.assert(
      fc.property(change, ([written, place, value]) => {
        const members = JSON.parse(new TextDecoder().decode(encodePayload(written))) as Record<string, unknown>;
        const names = Object.keys(members);
        const changed = { ...members, [names[place % names.length]!]: value };
        expectCoded(() => parsePayload(utf8ToBytes(JSON.stringify(changed))));
      }),
    );
  });

  it('nested a million levels deep is refused', () => {
    const deep = utf8ToBytes(`{"v":1,"kind":"message","room":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`);
    expect(() => parsePayload(deep)).toThrow(withCode('chat/malformed'));
  });

  it('beyond its length is neither read nor written', () => {
    expect(() => parsePayload(new Uint8Array(MAX_PAYLOAD_LENGTH + 1))).toThrow(withCode('chat/malformed'));
    const title = {
      kind: 'title',
      to: [bytesToBase64Url(new Uint8Array(8))],
      room: 'r',
      sender: 's',
      revision: 1,
    } as const;
    const ids = { device: bytesToBase64Url(new Uint8Array(8)), id: bytesToBase64Url(new Uint8Array(16)) };
    expect(() => encodePayload({ ...title, ...ids, text: 'x'.repeat(1025) })).toThrow(withCode('chat/bad-content'));
  });

  it('that nobody could read is not written, and the error quotes nothing of it', () => {
    const broken = { kind: 'reaction', emoji: ['half \ud800'], revision: 1 } as const;
    expect(() => encodePayload(broken)).toThrow(withCode('chat/bad-content'));
    expect(() => encodePayload(broken)).not.toThrow(/half/);
  });
});

describe('a body', () => {
  it('is read as it was written, and is ASCII', () => {
    const body: fc.Arbitrary<Exclude<ChatBody, { form: 'plain' | 'legacy' }>> = fc.oneof(
      sealed,
      fc.record({ form: fc.constant('media' as const), sha256: bytes(32) }),
    );
    fc.assert(
      fc.property(body, (written) => {
        const encoded = encodeBody(written);
        expect(encoded).toMatch(/^[\x21-\x7e]+$/);
        expect(parseBody(encoded)).toEqual(written);
      }),
    );
  });

  it('of any text is read, or refused with a code', () => {
    const prefix = fc.constantFrom('', 'sotto1:', 'sotto1g:', 'sotto1m:', 'sotto1r:', 'sotto2:');
    const rest = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.uint8Array().map(bytesToBase64Url));
    fc.assert(fc.property(prefix, rest, (before, after) => expectCoded(() => parseBody(before + after))));
  });

  it('beyond its length is refused, and plain text is not', () => {
    expect(() => parseBody(`sotto1:${'A'.repeat(MAX_BODY_LENGTH)}`)).toThrow(withCode('chat/malformed'));
    expect(parseBody('A'.repeat(MAX_BODY_LENGTH + 4))).toEqual({ form: 'plain' });
  });
});

describe('a note', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(name, sealed, (author, body) => {
        expect(parseTitleNote(encodeTitleNote({ author, body }))).toEqual({ author, body });
        expect(parseReactionNote(encodeReactionNote(body.message))).toEqual(body.message);
      }),
    );
  });

  it('of any text is read, or refused with a code', () => {
    const prefix = fc.constantFrom('', 'sotto1r:', 'sotto1t:', 'sotto1t:YQ.', 'sotto1t:YQ.sotto1:');
    fc.assert(
      fc.property(prefix, fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), (before, after) => {
        expectCoded(() => parseTitleNote(before + after));
        expectCoded(() => parseReactionNote(before + after));
      }),
    );
  });
});
