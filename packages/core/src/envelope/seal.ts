/**
 * Writes a message: content key, body, one wrapping per recipient, signature. Three modes of one format:
 * - `encrypt`: unsigned.
 * - `signThenEncrypt`, of 2019: the signature of the plaintext stands in clear in the head, so whoever stores the
 *   message can test guesses of its text and see equal texts. For compatibility.
 * - `signAndEncrypt`: signer and signature are encrypted in a footer.
 * Source: docs/spec/envelope.md.
 */
import { joinBytes } from '../encoding/bytes.ts';
import { coreError } from '../errors.ts';
import { type IdentifierKind, identifierOf, type PrivateKey, type PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { sign, signRaw } from '../signature/signature.ts';
import { beginPlain, beginSigned, sealFooter } from './begin.ts';
import { SIGNATURE_PARAM, SIGNER_PARAM } from './mode.ts';
import { makePadding } from './padding.ts';

const MAX_SIGNED_LENGTH = 0xffffffff; // the head gives the size in 32 bits

interface CommonOptions {
  readonly plaintext: Uint8Array;
  /** Oneself is not added: the caller decides who reads. */
  readonly recipients: readonly PublicKey[];
  readonly padding?: boolean | undefined;
  /** How keys are named in the message. A reader looks for both kinds, official readers for the one they are set to. */
  readonly identifiers?: IdentifierKind | undefined;
}

export type SealOptions = CommonOptions &
  ({ readonly mode: 'encrypt' } | { readonly mode: 'signThenEncrypt' | 'signAndEncrypt'; readonly signer: PrivateKey });

/** A message in two parts: what the official `…Detached` calls give. Joined, it is the message. */
export interface DetachedMessage {
  readonly metadata: Uint8Array;
  readonly body: Uint8Array;
}

/**
 * Encrypts, and signs if the mode says so.
 * @throws `envelope/no-recipients`, `envelope/too-large`, `key/cannot-sign`, `key/unsupported`
 */
export async function seal(provider: CryptoProvider, options: SealOptions): Promise<Uint8Array> {
  const { metadata, bodyPieces } = await sealInPieces(provider, options);
  return joinBytes([metadata, ...bodyPieces]);
}

/** As `seal`, with the head apart. */
export async function sealDetached(provider: CryptoProvider, options: SealOptions): Promise<DetachedMessage> {
  const { metadata, bodyPieces } = await sealInPieces(provider, options);
  return { metadata, body: joinBytes(bodyPieces) };
}

interface MessagePieces {
  readonly metadata: Uint8Array;
  readonly bodyPieces: readonly Uint8Array[];
}

async function sealInPieces(provider: CryptoProvider, options: SealOptions): Promise<MessagePieces> {
  return options.mode === 'signAndEncrypt' ? signAndEncrypt(provider, options) : encryptPlainMode(provider, options);
}

async function encryptPlainMode(
  provider: CryptoProvider,
  options: Exclude<SealOptions, { mode: 'signAndEncrypt' }>,
): Promise<MessagePieces> {
  const { plaintext, recipients, padding: isPadded = false, identifiers = 'sha512' } = options;
  const customParams = new Map<string, Uint8Array>();
  if (options.mode === 'signThenEncrypt') {
    customParams.set(SIGNATURE_PARAM, await sign(provider, options.signer, plaintext));
    customParams.set(SIGNER_PARAM, identifierOf(options.signer, identifiers));
  }
  const { metadata, body } = await beginPlain(provider, { recipients, identifiers, isPadded, customParams });
  const data = isPadded ? [plaintext, makePadding(provider, plaintext.length)] : [plaintext];
  const bodyPieces = await provider.encryptBody(body, data);
  body.key.fill(0);
  return { metadata, bodyPieces };
}

async function signAndEncrypt(
  provider: CryptoProvider,
  options: CommonOptions & { readonly signer: PrivateKey },
): Promise<MessagePieces> {
  const { plaintext, recipients, signer, padding: isPadded = false, identifiers = 'sha512' } = options;
  const data = isPadded ? [plaintext, makePadding(provider, plaintext.length)] : [plaintext];
  const dataSize = data.reduce((size, { length }) => size + length, 0);
  if (dataSize > MAX_SIGNED_LENGTH) throw coreError('envelope/too-large');
  const raw = await signRaw(provider, signer, plaintext);
  const { metadata, body, footer } = await beginSigned(provider, { recipients, identifiers, isPadded, dataSize });
  const bodyPieces = await provider.encryptBody(body, data);
  const footerPieces = await sealFooter(provider, footer, { signer, identifiers, raw });
  return { metadata, bodyPieces: [...bodyPieces, ...footerPieces] };
}
