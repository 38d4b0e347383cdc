/** What comes before the body of a message, whether it is written whole or in pieces: keys, recipients, head. Source: docs/spec/envelope.md §5. */
import { type IdentifierKind, identifierOf, type PrivateKey, type PublicKey } from '../keys/key.ts';
import type { BodyOptions, CryptoProvider } from '../provider/port.ts';
import { encodeFooter } from './footer.ts';
import { encodeMessageInfo, encodeSignedDataInfo } from './header.ts';
import { wrapContentKey } from './wrap.ts';

export const SIGNED_HASH = 'SHA-512';

interface Readers {
  readonly recipients: readonly PublicKey[];
  readonly identifiers: IdentifierKind;
  readonly isPadded: boolean;
}

export interface BegunMessage {
  readonly metadata: Uint8Array;
  readonly body: BodyOptions;
}

/** For the modes `encrypt` and `signThenEncrypt`. */
export async function beginPlain(
  provider: CryptoProvider,
  { recipients, identifiers, isPadded, customParams }: Readers & { readonly customParams: Map<string, Uint8Array> },
): Promise<BegunMessage> {
  const key = provider.randomBytes(32);
  const nonce = provider.randomBytes(12);
  const entries = await wrapContentKey(provider, { contentKey: key, recipients, identifiers });
  const metadata = encodeMessageInfo({ recipients: entries, nonce, customParams, isDerived: false, isPadded });
  return { metadata, body: { key, nonce } };
}

/** For the mode `signAndEncrypt`. `dataSize` is that of the text with its padding. */
export async function beginSigned(
  provider: CryptoProvider,
  { recipients, identifiers, isPadded, dataSize }: Readers & { readonly dataSize: number },
): Promise<BegunMessage & { readonly footer: BodyOptions }> {
  const masterKey = provider.randomBytes(32);
  const { data, footer } = await deriveBodyKeys(provider, masterKey);
  const entries = await wrapContentKey(provider, { contentKey: masterKey, recipients, identifiers });
  masterKey.fill(0);
  const metadata = encodeMessageInfo({
    recipients: entries,
    nonce: data.nonce,
    customParams: new Map(),
    isDerived: true,
    footer: { dataSize, signedHash: SIGNED_HASH },
    isPadded,
  });
  return { metadata, body: { ...data, aad: encodeSignedDataInfo(SIGNED_HASH) }, footer };
}

/** The footer, encrypted, with `raw`, the bare signature. */
export async function sealFooter(
  provider: CryptoProvider,
  footer: BodyOptions,
  {
    signer,
    identifiers,
    raw,
  }: { readonly signer: PrivateKey; readonly identifiers: IdentifierKind; readonly raw: Uint8Array },
): Promise<Uint8Array[]> {
  const identifier = identifierOf(signer, identifiers);
  return provider.encryptBody(footer, [encodeFooter({ identifier, algorithm: signer.publicKey.parts.algorithm, raw })]);
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
