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
import type { BodyOptions, CryptoProvider } from '../provider/port.ts';
import { sign, signRaw } from '../signature/signature.ts';
import { encodeFooter } from './footer.ts';
import { encodeMessageInfo, encodeSignedDataInfo } from './header.ts';
import { makePadding } from './padding.ts';
import { wrapContentKey } from './wrap.ts';

export const SIGNATURE_PARAM = 'VIRGIL-DATA-SIGNATURE';
export const SIGNER_PARAM = 'VIRGIL-DATA-SIGNER-ID';

const SIGNED_HASH = 'SHA-512';
const MAX_SIGNED_LENGTH = 0xffffffff; // the head gives the size in 32 bits

export type EnvelopeMode = 'encrypt' | 'signThenEncrypt' | 'signAndEncrypt';

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
  const contentKey = provider.randomBytes(32);
  const nonce = provider.randomBytes(12);
  const customParams = new Map<string, Uint8Array>();
  if (options.mode === 'signThenEncrypt') {
    customParams.set(SIGNATURE_PARAM, await sign(provider, options.signer, plaintext));
    customParams.set(SIGNER_PARAM, identifierOf(options.signer, identifiers));
  }
  const entries = await wrapContentKey(provider, { contentKey, recipients, identifiers });
  const data = isPadded ? [plaintext, makePadding(provider, plaintext.length)] : [plaintext];
  const bodyPieces = await provider.encryptBody({ key: contentKey, nonce }, data);
  contentKey.fill(0);
  const metadata = encodeMessageInfo({ recipients: entries, nonce, customParams, isDerived: false, isPadded });
  return { metadata, bodyPieces };
}

async function signAndEncrypt(
  provider: CryptoProvider,
  options: CommonOptions & { readonly signer: PrivateKey },
): Promise<MessagePieces> {
  const { plaintext, recipients, signer, padding: isPadded = false, identifiers = 'sha512' } = options;
  const masterKey = provider.randomBytes(32);
  const { data: dataKey, footer: footerKey } = await deriveBodyKeys(provider, masterKey);
  const raw = await signRaw(provider, signer, plaintext);
  const entries = await wrapContentKey(provider, { contentKey: masterKey, recipients, identifiers });
  masterKey.fill(0);

  const data = isPadded ? [plaintext, makePadding(provider, plaintext.length)] : [plaintext];
  const dataSize = data.reduce((size, { length }) => size + length, 0);
  if (dataSize > MAX_SIGNED_LENGTH) throw coreError('envelope/too-large');
  const body = await provider.encryptBody({ ...dataKey, aad: encodeSignedDataInfo(SIGNED_HASH) }, data);
  const footer = await provider.encryptBody(footerKey, [
    encodeFooter({ identifier: identifierOf(signer, identifiers), algorithm: signer.publicKey.parts.algorithm, raw }),
  ]);
  const metadata = encodeMessageInfo({
    recipients: entries,
    nonce: dataKey.nonce,
    customParams: new Map(),
    isDerived: true,
    footer: { dataSize, signedHash: SIGNED_HASH },
    isPadded,
  });
  return { metadata, bodyPieces: [...body, ...footer] };
}

/** Keys and nonces of body and footer, from the key that is wrapped for the recipients. */
export async function deriveBodyKeys(
  provider: CryptoProvider,
  masterKey: Uint8Array,
): Promise<{ data: BodyOptions; footer: BodyOptions }> {
  const derived = await provider.hkdf(masterKey, 88);
  return {
    data: { key: derived.subarray(0, 32), nonce: derived.subarray(32, 44) },
    footer: { key: derived.subarray(44, 76), nonce: derived.subarray(76, 88) },
  };
}
