/** The three modes of a message, and how its head tells them apart. Source: docs/spec/envelope.md §5. */
import type { MessageInfo } from './header.ts';

export type EnvelopeMode = 'encrypt' | 'signThenEncrypt' | 'signAndEncrypt';

/** Names of the custom parameters of the mode `signThenEncrypt`. */
export const SIGNATURE_PARAM = 'VIRGIL-DATA-SIGNATURE';
export const SIGNER_PARAM = 'VIRGIL-DATA-SIGNER-ID';

export function modeOf(info: MessageInfo): EnvelopeMode {
  if (info.isDerived) return info.footer ? 'signAndEncrypt' : 'encrypt';
  return info.customParams.has(SIGNATURE_PARAM) ? 'signThenEncrypt' : 'encrypt';
}
