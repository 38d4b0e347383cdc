/** Who signed a message, by its mode: rules that are the same whether it is read whole or in pieces. Source: docs/spec/envelope.md §7. */
import { equalBytes } from '../encoding/bytes.ts';
import { coreError, isSdkError } from '../errors.ts';
import type { PublicKey } from '../keys/key.ts';
import type { HashName } from '../provider/port.ts';
import { type ParsedSignature, parseSignature } from '../signature/signature.ts';
import type { SignerInfo } from './footer.ts';
import type { MessageInfo } from './header.ts';
import { SIGNATURE_PARAM, SIGNER_PARAM } from './mode.ts';

/** Whether the text was signed so by the owner of the key. */
export type CheckSignature = (key: PublicKey, signature: ParsedSignature) => Promise<boolean>;

/** Sign-and-encrypt: the signer that the footer names must be one of `signers`. */
export async function verifyFooter(
  { signerInfo, hash }: { readonly signerInfo: SignerInfo | undefined; readonly hash: HashName | undefined },
  signers: readonly PublicKey[],
  isSigned: CheckSignature,
): Promise<PublicKey> {
  if (!signerInfo || !hash) throw coreError('envelope/not-signed');
  const signer = signers.find((key) => isNamed(key, signerInfo.identifier));
  if (!signer) throw coreError('envelope/other-signer');
  const isGood =
    equalBytes(signerInfo.algorithm, signer.parts.algorithm) && (await isSigned(signer, { hash, raw: signerInfo.raw }));
  if (!isGood) throw coreError('envelope/bad-signature');
  return signer;
}

/**
 * Sign-then-encrypt: with one accepted sender its key decides, whatever the head says, since files of official clients name
 * no signer; with several the head picks the key.
 */
export async function verifyParams(
  info: MessageInfo,
  signers: readonly PublicKey[],
  isSigned: CheckSignature,
): Promise<PublicKey> {
  const signature = readSignature(info);
  const signerId = info.customParams.get(SIGNER_PARAM);
  const named = signerId ? signers.find((key) => isNamed(key, signerId)) : undefined;
  const signer = signers.length === 1 ? signers[0]! : named;
  if (!signer) throw coreError('envelope/other-signer');
  if (await isSigned(signer, signature)) return signer;
  throw coreError(signerId && !named ? 'envelope/other-signer' : 'envelope/bad-signature');
}

/** The signature in the head. @throws `envelope/bad-signature` for none in the form of one */
export function readSignature(info: MessageInfo): ParsedSignature {
  const value = info.customParams.get(SIGNATURE_PARAM);
  if (!value) throw coreError('envelope/bad-signature');
  try {
    return parseSignature(value);
  } catch (error) {
    throw isSdkError(error) ? coreError('envelope/bad-signature', { cause: error }) : error;
  }
}

function isNamed(key: PublicKey, identifier: Uint8Array): boolean {
  return (
    equalBytes(key.identifier, identifier) || (identifier.length === 32 && equalBytes(key.identifierSha256, identifier))
  );
}
