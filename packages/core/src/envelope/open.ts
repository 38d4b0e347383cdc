/**
 * Reads a message: parse → find the own entry by key id → body → verify the signer. Nothing is handed out before tag and
 * signature were checked. Failures up to and including the tag are one code, whatever failed. Source: docs/spec/envelope.md.
 */
import { concatBytes, equalBytes } from '../encoding/bytes.ts';
import { coreError, isSdkError, type SdkError } from '../errors.ts';
import type { PrivateKey, PublicKey } from '../keys/key.ts';
import type { CryptoProvider, HashName } from '../provider/port.ts';
import { type ParsedSignature, parseSignature, verifyRaw } from '../signature/signature.ts';
import { parseFooter, type SignerInfo } from './footer.ts';
import { encodeSignedDataInfo, type MessageInfo, parseMessageInfo } from './header.ts';
import { unpad } from './padding.ts';
import { deriveBodyKeys, type EnvelopeMode, SIGNATURE_PARAM, SIGNER_PARAM } from './seal.ts';
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
  const signer = await (mode === 'signAndEncrypt'
    ? verifyFooter(provider, contents, options.signers)
    : verifyParams(provider, contents, options.signers));
  return { plaintext, mode, signer };
}

/** Decrypts a message of any mode without asking who wrote it. @throws as `open`, but for the codes on signatures */
export async function openUnverified(provider: CryptoProvider, options: OpenUnverifiedOptions): Promise<OpenedMessage> {
  const { plaintext, mode } = await decrypt(provider, options);
  return { plaintext, mode };
}

function modeOf(info: MessageInfo): EnvelopeMode {
  if (info.isDerived) return info.footer ? 'signAndEncrypt' : 'encrypt';
  return info.customParams.has(SIGNATURE_PARAM) ? 'signThenEncrypt' : 'encrypt';
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

/** Sign-and-encrypt: the signer that the footer names must be one of `signers`. */
async function verifyFooter(
  provider: CryptoProvider,
  { info, plaintext, signerInfo }: Contents,
  signers: readonly PublicKey[],
): Promise<PublicKey> {
  if (!signerInfo) throw coreError('envelope/not-signed');
  const signer = signers.find((key) => isNamed(key, signerInfo.identifier));
  if (!signer) throw coreError('envelope/other-signer');
  const hash = info.footer?.signedHash as HashName; // there was a signer, so there is a hash
  const isGood =
    equalBytes(signerInfo.algorithm, signer.parts.algorithm) &&
    (await verifyRaw(provider, signer, plaintext, { hash, raw: signerInfo.raw }));
  if (!isGood) throw coreError('envelope/bad-signature');
  return signer;
}

/**
 * Sign-then-encrypt: with one accepted sender its key decides, whatever the head says, since files of official clients name
 * no signer; with several the head picks the key.
 */
async function verifyParams(
  provider: CryptoProvider,
  { info, plaintext }: Contents,
  signers: readonly PublicKey[],
): Promise<PublicKey> {
  const signature = readParam(info);
  const signerId = info.customParams.get(SIGNER_PARAM);
  const named = signerId ? signers.find((key) => isNamed(key, signerId)) : undefined;
  const signer = signers.length === 1 ? signers[0]! : named;
  if (!signer) throw coreError('envelope/other-signer');
  if (await verifyRaw(provider, signer, plaintext, signature)) return signer;
  throw coreError(signerId && !named ? 'envelope/other-signer' : 'envelope/bad-signature');
}

function readParam(info: MessageInfo): ParsedSignature {
  const value = info.customParams.get(SIGNATURE_PARAM);
  if (!value) throw coreError('envelope/bad-signature');
  try {
    return parseSignature(value);
  } catch (error) {
    throw isSdkError(error) ? badSignature(error) : error;
  }
}

function badSignature(cause: SdkError): SdkError {
  return coreError('envelope/bad-signature', { cause });
}

function isNamed(key: PublicKey, identifier: Uint8Array): boolean {
  return (
    equalBytes(key.identifier, identifier) || (identifier.length === 32 && equalBytes(key.identifierSha256, identifier))
  );
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
