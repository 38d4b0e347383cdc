/** Making and countersigning cards. */
import { utf8ToBytes } from '../encoding/bytes.ts';
import { base64ToBytes, bytesToBase64 } from '../encoding/text.ts';
import { coreError } from '../errors.ts';
import type { PrivateKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { sign } from '../signature/signature.ts';
import { type RawCard, SIGNER, signedBytes } from './card.ts';

export interface IssueCardOptions {
  /** ASCII is recommended: official JavaScript clients spoil other characters. */
  readonly identity: string;
  readonly privateKey: PrivateKey;
  /** Whole seconds since 1970. */
  readonly createdAt: number;
  readonly previousCardId?: string | undefined;
  /** Fields of the application, covered by the self signature. */
  readonly extraFields?: Readonly<Record<string, string>> | undefined;
}

/** A card signed by its own key. @throws `key/cannot-sign` */
export async function issueCard(provider: CryptoProvider, options: IssueCardOptions): Promise<RawCard> {
  const { identity, privateKey, createdAt, previousCardId, extraFields } = options;
  // Field order as the official JavaScript client writes it; nobody depends on it.
  const content = {
    identity,
    ...(previousCardId === undefined ? {} : { previous_card_id: previousCardId }),
    created_at: createdAt,
    version: '5.0',
    public_key: bytesToBase64(privateKey.publicKey.exportDer()),
  };
  const card = { content_snapshot: bytesToBase64(utf8ToBytes(JSON.stringify(content))), signatures: [] };
  return signCard(provider, card, { signer: SIGNER.self, privateKey, extraFields });
}

/** The card with one more signature. @throws `card/malformed` if `signer` has signed it already, `key/cannot-sign` */
export async function signCard(
  provider: CryptoProvider,
  card: RawCard,
  {
    signer,
    privateKey,
    extraFields,
  }: {
    readonly signer: string;
    readonly privateKey: PrivateKey;
    readonly extraFields?: Readonly<Record<string, string>> | undefined;
  },
): Promise<RawCard> {
  if (card.signatures.some((signature) => signature.signer === signer)) throw coreError('card/malformed');
  const ownSnapshot = extraFields ? utf8ToBytes(JSON.stringify(extraFields)) : new Uint8Array(0);
  const signature = await sign(provider, privateKey, signedBytes(base64ToBytes(card.content_snapshot), ownSnapshot));
  const added = {
    signer,
    signature: bytesToBase64(signature),
    ...(extraFields ? { snapshot: bytesToBase64(ownSnapshot) } : {}),
  };
  return { content_snapshot: card.content_snapshot, signatures: [...card.signatures, added] };
}
