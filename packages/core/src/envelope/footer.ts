/** The footer of a sign-and-encrypt message, before its encryption: who signed, and the bare signature. Source: docs/spec/envelope.md §6. */
import { contextTag, DerReader, der, derInteger, derOctets, derSequence, derSetOf, TAG } from '../encoding/der.ts';
import { coreError, isSdkError } from '../errors.ts';

export interface SignerInfo {
  readonly identifier: Uint8Array;
  /** AlgorithmIdentifier of the signer's key. */
  readonly algorithm: Uint8Array;
  readonly raw: Uint8Array;
}

export function encodeFooter({ identifier, algorithm, raw }: SignerInfo): Uint8Array {
  const signer = derSequence(derInteger(0), derOctets(identifier), algorithm, derOctets(raw));
  return derSequence(derInteger(0), der(contextTag(0), derSetOf([signer])));
}

/** The first signer, or undefined where none is named. @throws `envelope/malformed` */
export function parseFooter(footer: Uint8Array): SignerInfo | undefined {
  try {
    const fields = new DerReader(footer).enter(TAG.sequence);
    if (fields.integer() !== 0) throw coreError('envelope/unsupported');
    const set = fields.enter(contextTag(0)).enter(TAG.set);
    if (set.isAtEnd) return undefined;
    const signer = set.enter(TAG.sequence);
    if (signer.integer() !== 0) throw coreError('envelope/unsupported');
    const info = {
      identifier: signer.read(TAG.octetString),
      algorithm: signer.element(TAG.sequence),
      raw: signer.read(TAG.octetString),
    };
    signer.end();
    return info;
  } catch (error) {
    if (isSdkError(error) && !error.code.startsWith('encoding/')) throw error;
    throw coreError('envelope/malformed', { cause: error });
  }
}
