/**
 * The work of a stream that sees every byte: hashing the text while its body is encrypted or decrypted. It needs the content key and no
 * other, so that it can be done elsewhere, as in a worker. Source: docs/spec/envelope.md §4–5.
 */
import { concatBytes } from '../encoding/bytes.ts';
import type { BodyOptions, HashName, HashStream, StreamProvider } from '../provider/port.ts';
import { unpad } from './padding.ts';

export interface BulkOptions extends BodyOptions {
  readonly hash: HashName;
  /** So many bytes of text at most, where that is known. */
  readonly atMost?: number | undefined;
}

/** Calls are made one after the other, and none after `finish`. */
export interface SealingBody {
  /** Takes text, gives ciphertext, which may lag behind. */
  update(text: Uint8Array): Promise<Uint8Array>;
  /** Encrypts `padding`, which is not hashed. `rest` is what is left of the body, tag included. */
  finish(padding: Uint8Array): Promise<{ readonly rest: Uint8Array; readonly digest: Uint8Array }>;
}

export interface OpeningBody {
  /** Takes ciphertext, gives text that is not authenticated yet. */
  update(ciphertext: Uint8Array): Promise<Uint8Array>;
  /**
   * `end` is the last of the ciphertext, with all of the padding if there is one, and the tag.
   * @throws `envelope/undecryptable`, `envelope/malformed`
   */
  finish(end: Uint8Array): Promise<{ readonly rest: Uint8Array; readonly digest: Uint8Array }>;
}

export interface Bulk {
  hash(options: Pick<BulkOptions, 'hash' | 'atMost'>): Promise<HashStream>;
  seal(options: BulkOptions): Promise<SealingBody>;
  open(options: BulkOptions & { readonly isPadded: boolean }): Promise<OpeningBody>;
}

const TAG_LENGTH = 16;

/** What AES-GCM encrypts under one key and nonce (NIST SP 800-38D §5.2.1.1). */
export const MAX_BODY_LENGTH = 2 ** 36 - 32;

export function createBulk(streams: StreamProvider): Bulk {
  return {
    hash: async ({ hash, atMost }) => streams.createHash(hash, atMost),

    async seal({ hash: algorithm, atMost, ...body }) {
      const hash = streams.createHash(algorithm, atMost);
      const cipher = await streams.createEncryption(body);
      return {
        update: async (text) => (await Promise.all([cipher.update(text), hash.update(text)]))[0],
        finish: async (padding) => ({
          rest: concatBytes(await cipher.update(padding), await cipher.finish()),
          digest: await hash.finish(),
        }),
      };
    },

    async open({ hash: algorithm, atMost, isPadded, ...body }) {
      const hash = streams.createHash(algorithm, atMost);
      const cipher = await streams.createDecryption(body);
      return {
        async update(ciphertext) {
          const text = await cipher.update(ciphertext);
          await hash.update(text);
          return text;
        },
        async finish(end) {
          const [ciphertext, tag] = [end.subarray(0, -TAG_LENGTH), end.subarray(-TAG_LENGTH)];
          const last = concatBytes(await cipher.update(ciphertext), await cipher.finish(tag));
          const rest = isPadded ? unpad(last) : last;
          await hash.update(rest);
          return { rest, digest: await hash.finish() };
        },
      };
    },
  };
}
