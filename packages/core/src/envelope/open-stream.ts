/**
 * Reads a message piece by piece, in memory that does not grow with it. The text comes out before the tag and the signature were
 * checked, which is at the end: what came out is good only if nothing is thrown. Source: docs/spec/streams.md.
 */
import { coreError } from '../errors.ts';
import type { PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { verifyDigest } from '../signature/digest.ts';
import { deriveBodyKeys } from './begin.ts';
import { type Bulk, createBulk, MAX_BODY_LENGTH, type OpeningBody } from './bulk.ts';
import { parseFooter } from './footer.ts';
import { encodeSignedDataInfo, MAX_HEADER_LENGTH, type MessageInfo, parseMessageInfo } from './header.ts';
import { modeOf } from './mode.ts';
import { MAX_PADDING } from './padding.ts';
import { type ByteSource, PieceReader, readSequence } from './pieces.ts';
import { type CheckSignature, readSignature, verifyFooter, verifyParams } from './verify-signer.ts';
import { unwrapContentKey } from './wrap.ts';

export interface OpenStreamOptions {
  readonly source: ByteSource;
  /** The key ring: whichever of these the message names is used. */
  readonly keys: readonly PrivateKey[];
  /** Keys of the senders that are accepted. */
  readonly signers: readonly PublicKey[];
  readonly mode: 'signThenEncrypt' | 'signAndEncrypt';
  /** So many bytes come at most, if that is known. */
  readonly atMost?: number | undefined;
  /** Who does the work that sees every byte; the provider, unless given. */
  readonly bulk?: Bulk | undefined;
}

interface Opening {
  readonly provider: CryptoProvider;
  readonly info: MessageInfo;
  readonly wrappedKey: Uint8Array;
  readonly reader: PieceReader;
  readonly bulk: Bulk;
  readonly options: OpenStreamOptions;
}

const TAG_LENGTH = 16;
/** A signature of the largest RSA keys has some 2 KiB. */
const MAX_FOOTER_LENGTH = 64 * 1024;

/**
 * Decrypts, and verifies at the end. Throws before any text comes out if the message is for others or of another mode.
 * @throws as `open`; `stream/not-bytes`, and what the source throws
 */
export async function* openStreamUnverified(
  provider: CryptoProvider,
  options: OpenStreamOptions,
): AsyncGenerator<Uint8Array, void> {
  const { source, keys, mode, bulk = createBulk(await provider.openStreams()) } = options;
  const reader = new PieceReader(source);
  try {
    const info = await readHead(reader);
    const wrappedKey = await unwrapContentKey(provider, { entries: info.recipients, keys });
    if (modeOf(info) !== mode) throw coreError('envelope/not-signed');
    const openMode = mode === 'signAndEncrypt' ? openSigned : openPlain;
    yield* openMode({ provider, info, wrappedKey, reader, bulk, options });
  } finally {
    await reader.close();
  }
}

async function* openSigned({
  provider,
  info,
  wrappedKey,
  reader,
  bulk,
  options,
}: Opening): AsyncGenerator<Uint8Array, void> {
  const { dataSize, signedHash: hash } = info.footer!; // it is what tells the mode
  if (!hash) throw coreError('envelope/not-signed');
  const keys = await deriveBodyKeys(provider, wrappedKey);
  wrappedKey.fill(0);
  const { isPadded } = info;
  const aad = encodeSignedDataInfo(hash);
  const body = await bulk.open({ ...keys.data, aad, hash, isPadded, atMost: dataSize });
  keys.data.key.fill(0);
  const held = isPadded ? Math.min(dataSize, MAX_PADDING) : 0;
  yield* openPieces(body, reader.upTo(dataSize - held));

  const end = await reader.take(held + TAG_LENGTH);
  const footer = await reader.take(MAX_FOOTER_LENGTH);
  if (end.length < held + TAG_LENGTH || footer.length < TAG_LENGTH) throw coreError('envelope/malformed');
  const { rest, digest } = await body.finish(end);
  const signerInfo = parseFooter(await provider.decryptBody(keys.footer, footer));
  await verifyFooter({ signerInfo, hash }, options.signers, checkOf(provider, digest));
  if (rest.length > 0) yield rest;
}

async function* openPlain({
  provider,
  info,
  wrappedKey,
  reader,
  bulk,
  options,
}: Opening): AsyncGenerator<Uint8Array, void> {
  const { hash } = readSignature(info);
  const { isPadded, nonce } = info;
  const body = await bulk.open({ key: wrappedKey, nonce, hash, isPadded, atMost: options.atMost });
  wrappedKey.fill(0);
  const held = (isPadded ? MAX_PADDING : 0) + TAG_LENGTH;
  yield* openPieces(body, reader.allBut(held));

  const end = await reader.take(held);
  if (end.length < TAG_LENGTH) throw coreError('envelope/malformed');
  const { rest, digest } = await body.finish(end);
  await verifyParams(info, options.signers, checkOf(provider, digest));
  if (rest.length > 0) yield rest;
}

/** @throws `envelope/malformed`, `envelope/unsupported` */
async function readHead(reader: PieceReader): Promise<MessageInfo> {
  const head = await readSequence(reader, MAX_HEADER_LENGTH);
  if (!head) throw coreError('envelope/malformed');
  return parseMessageInfo(head).info;
}

async function* openPieces(body: OpeningBody, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > MAX_BODY_LENGTH) throw coreError('envelope/malformed');
    const text = await body.update(piece);
    if (text.length > 0) yield text;
  }
}

function checkOf(provider: CryptoProvider, digest: Uint8Array): CheckSignature {
  return (key, signature) => verifyDigest(provider, key, digest, signature);
}
