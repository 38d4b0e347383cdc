/**
 * Writes a message piece by piece: the bytes are those that `seal` writes, in memory that does not grow with them. Between two
 * pieces the private key is not needed: it signs a digest at the end. Source: docs/spec/streams.md.
 */
import { concatBytes, equalBytes } from '../encoding/bytes.ts';
import { coreError } from '../errors.ts';
import type { IdentifierKind, PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { signDigest } from '../signature/digest.ts';
import { encodeSignature } from '../signature/signature.ts';
import { beginPlain, beginSigned, SIGNED_HASH, sealFooter } from './begin.ts';
import { type Bulk, createBulk, MAX_BODY_LENGTH, type SealingBody } from './bulk.ts';
import { SIGNATURE_PARAM } from './mode.ts';
import { MAX_PADDING, makePadding } from './padding.ts';
import { type ByteSource, inSlices } from './pieces.ts';
import { streamError } from './stream-errors.ts';

interface CommonOptions {
  /** How many bytes the source gives, exactly. */
  readonly size: number;
  /** Oneself is not added: the caller decides who reads. */
  readonly recipients: readonly PublicKey[];
  readonly signer: PrivateKey;
  readonly identifiers?: IdentifierKind | undefined;
  /** Who does the work that sees every byte; the provider, unless given. */
  readonly bulk?: Bulk | undefined;
}

export interface SignAndEncryptOptions extends CommonOptions {
  readonly source: ByteSource;
  readonly padding?: boolean | undefined;
}

export interface SignThenEncryptOptions extends CommonOptions {
  /** Begins to read the source. It is called twice, since the signature stands before what it signs. */
  readonly read: () => ByteSource;
}

/**
 * In the mode `signAndEncrypt`, which official clients read up to a size of 4 GiB − 1, padding included.
 * @throws `stream/wrong-size`, `stream/not-bytes`, `envelope/too-large`, `envelope/no-recipients`, `key/cannot-sign`,
 *   `key/unsupported`, and what the source throws
 */
export async function* signAndEncryptStream(
  provider: CryptoProvider,
  options: SignAndEncryptOptions,
): AsyncGenerator<Uint8Array, void> {
  const { size, signer, recipients, padding: isPadded = false, identifiers = 'sha512' } = options;
  requireSealable(options);
  const padding = isPadded ? makePadding(provider, size) : new Uint8Array(0);
  const dataSize = size + padding.length;
  const begun = await beginSigned(provider, { recipients, identifiers, isPadded, dataSize });
  const body = await openBody(provider, begun.body, options);
  yield begun.metadata;
  yield* sealPieces(body, options.source, size);
  const { rest, digest } = await body.finish(padding);
  const raw = await signDigest(provider, signer, digest);
  yield concatBytes(rest, ...(await sealFooter(provider, begun.footer, { signer, identifiers, raw })));
}

/**
 * In the mode `signThenEncrypt`, as official clients make files of 2019: without padding and signer id, and with the signature in clear.
 * @throws as `signAndEncryptStream`; `stream/changed` if the source is not the same both times
 */
export async function* signThenEncryptStream(
  provider: CryptoProvider,
  options: SignThenEncryptOptions,
): AsyncGenerator<Uint8Array, void> {
  const { size, signer, recipients, identifiers = 'sha512' } = options;
  requireSealable(options);
  const signed = await digestOf(provider, options);
  const raw = await signDigest(provider, signer, signed);
  const customParams = new Map([[SIGNATURE_PARAM, encodeSignature({ hash: SIGNED_HASH, raw })]]);
  const begun = await beginPlain(provider, { recipients, identifiers, isPadded: false, customParams });
  const body = await openBody(provider, begun.body, options);
  yield begun.metadata;
  yield* sealPieces(body, options.read(), size);
  const { rest, digest } = await body.finish(new Uint8Array(0));
  if (!equalBytes(digest, signed)) throw streamError('stream/changed');
  yield rest;
}

/** What would else show only when all was read. */
function requireSealable({ size, signer, recipients }: CommonOptions): void {
  if (recipients.length === 0) throw coreError('envelope/no-recipients');
  if (!signer.publicKey.canSign) throw coreError('key/cannot-sign');
  if (!Number.isSafeInteger(size) || size < 0) throw streamError('stream/wrong-size');
  if (size > MAX_BODY_LENGTH - MAX_PADDING) throw coreError('envelope/too-large');
}

async function bulkOf(provider: CryptoProvider, { bulk }: CommonOptions): Promise<Bulk> {
  return bulk ?? createBulk(await provider.openStreams());
}

async function openBody(
  provider: CryptoProvider,
  keys: { readonly key: Uint8Array; readonly nonce: Uint8Array },
  options: CommonOptions,
): Promise<SealingBody> {
  const bulk = await bulkOf(provider, options);
  const body = await bulk.seal({ ...keys, hash: SIGNED_HASH, atMost: options.size });
  keys.key.fill(0);
  return body;
}

async function digestOf(provider: CryptoProvider, options: SignThenEncryptOptions): Promise<Uint8Array> {
  const bulk = await bulkOf(provider, options);
  const hash = await bulk.hash({ hash: SIGNED_HASH, atMost: options.size });
  for await (const piece of exactly(options.size, options.read())) await hash.update(piece);
  return hash.finish();
}

async function* sealPieces(body: SealingBody, source: ByteSource, size: number): AsyncGenerator<Uint8Array, void> {
  for await (const piece of exactly(size, source)) {
    const sealed = await body.update(piece);
    if (sealed.length > 0) yield sealed;
  }
}

/** The slices of a source. @throws `stream/wrong-size` if it has more or fewer bytes */
async function* exactly(size: number, source: ByteSource): AsyncGenerator<Uint8Array, void> {
  let missing = size;
  for await (const piece of inSlices(source)) {
    missing -= piece.length;
    if (missing < 0) throw streamError('stream/wrong-size');
    yield piece;
  }
  if (missing > 0) throw streamError('stream/wrong-size');
}
