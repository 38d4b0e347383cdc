/**
 * Reads a message: parse → find the own entry by key id → body → verify the signer. Nothing is handed out before tag and
 * signature were checked. Failures up to and including the tag are one code, whatever failed. Source: docs/spec/envelope.md.
 */
import { concatBytes } from '../encoding/bytes.ts';
import { coreError } from '../errors.ts';
import type { PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { verifyRaw } from '../signature/signature.ts';
import { deriveBodyKeys } from './begin.ts';
import { parseFooter, type SignerInfo } from './footer.ts';
import { encodeSignedDataInfo, type MessageInfo, parseMessageInfo } from './header.ts';
import { type EnvelopeMode, modeOf } from './mode.ts';
import { unpad } from './padding.ts';
import { type CheckSignature, verifyFooter, verifyParams } from './verify-signer.ts';
import { unwrapContentKey } from './wrap.ts';

const TAG_LENGTH = 16;

export interface OpenUnverifiedOptions {
  readonly message: Uint8Array;
  /** The key ring: whichever of these the message names is used. */
  readonly keys: readonly PrivateKey[];
}

export interface OpenOptions extends OpenUnverifiedOptions {
  /** Keys of the senders that are accepted. */
  readonly signers: readonly PublicKey[];
  /** Accept only messages of this mode; without it, of both signed ones. */
  readonly mode?: 'signThenEncrypt' | 'signAndEncrypt' | undefined;
}

export interface OpenedMessage {
  readonly plaintext: Uint8Array;
  readonly mode: EnvelopeMode;
}

export interface VerifiedMessage extends OpenedMessage {
  readonly signer: PublicKey;
}

interface Contents {
  readonly info: MessageInfo;
  readonly mode: EnvelopeMode;
  readonly plaintext: Uint8Array;
  readonly signerInfo?: SignerInfo | undefined;
}

/** How a message was made, from its head alone, which anybody may have altered. @throws `envelope/malformed`, `envelope/unsupported` */
export function envelopeMode(message: Uint8Array): EnvelopeMode {
  return modeOf(parseMessageInfo(message).info);
}

/**
 * Decrypts and verifies.
 * @throws `envelope/malformed`, `envelope/unsupported`, `envelope/not-a-recipient`, `envelope/undecryptable`,
 *   `envelope/not-signed`, `envelope/other-signer`, `envelope/bad-signature`
 */
export async function open(provider: CryptoProvider, options: OpenOptions): Promise<VerifiedMessage> {
  const contents = await decrypt(provider, options);
  const { mode, plaintext } = contents;
  if (mode === 'encrypt' || (options.mode !== undefined && options.mode !== mode))
    throw coreError('envelope/not-signed');
  const isSigned: CheckSignature = (key, signature) => verifyRaw(provider, key, plaintext, signature);
  const { info, signerInfo } = contents;
  const signer = await (mode === 'signAndEncrypt'
    ? verifyFooter({ signerInfo, hash: info.footer?.signedHash }, options.signers, isSigned)
    : verifyParams(info, options.signers, isSigned));
  return { plaintext, mode, signer };
}

/** Decrypts a message of any mode without asking who wrote it. @throws as `open`, but for the codes on signatures */
export async function openUnverified(provider: CryptoProvider, options: OpenUnverifiedOptions): Promise<OpenedMessage> {
  const { plaintext, mode } = await decrypt(provider, options);
  return { plaintext, mode };
}

async function decrypt(provider: CryptoProvider, { message, keys }: OpenUnverifiedOptions): Promise<Contents> {
  const { info, length } = parseMessageInfo(message);
  const rest = message.subarray(length);
  const mode = modeOf(info);
  if (rest.length < TAG_LENGTH) throw coreError('envelope/malformed');
  const wrappedKey = await unwrapContentKey(provider, { entries: info.recipients, keys });
  if (!info.isDerived) {
    const data = await provider.decryptBody({ key: wrappedKey, nonce: info.nonce }, rest);
    return { info, mode, plaintext: info.isPadded ? unpad(data) : data };
  }

  const derived = await deriveBodyKeys(provider, wrappedKey);
  if (!info.footer) {
    const data = await provider.decryptBody(derived.data, rest);
    return { info, mode, plaintext: info.isPadded ? unpad(data) : data };
  }
  const { dataSize, signedHash } = info.footer;
  if (rest.length < dataSize + 2 * TAG_LENGTH) throw coreError('envelope/malformed');
  const aad = signedHash && encodeSignedDataInfo(signedHash);
  const data = await provider.decryptBody({ ...derived.data, aad }, rest.subarray(0, dataSize + TAG_LENGTH));
  const footer = await provider.decryptBody(derived.footer, rest.subarray(dataSize + TAG_LENGTH));
  return {
    info,
    mode,
    plaintext: info.isPadded ? unpad(data) : data,
    signerInfo: signedHash && parseFooter(footer),
  };
}

/** As `open`, for a message whose head is kept apart. */
export async function openDetached(
  provider: CryptoProvider,
  {
    metadata,
    body,
    ...options
  }: Omit<OpenOptions, 'message'> & { readonly metadata: Uint8Array; readonly body: Uint8Array },
): Promise<VerifiedMessage> {
  return open(provider, { ...options, message: concatBytes(metadata, body) });
}
