/** Names that bind what is encrypted symmetrically to its room and message. Source: docs/spec/chat.md §4 and §5. */
import { utf8ToBytes } from '../encoding/bytes.ts';
import { base64UrlToBytes } from '../encoding/text.ts';
import { canonicalizeJson } from '../field/canonical-json.ts';
import type { CryptoProvider } from '../provider/port.ts';
import type { RoomGroupName } from './body.ts';

const REACTION = 'sotto chat reaction';

/** The id under which a group of a room is made and loaded. */
export function roomGroupId(room: string, { initiator, nonce }: RoomGroupName): Uint8Array {
  return utf8ToBytes(`sotto room ${canonicalizeJson([room, initiator, nonce])}`);
}

/** Under what reactions to a message are encrypted: what names the use, and the key, 32 bytes each. */
export async function reactionKeys(
  provider: Pick<CryptoProvider, 'hash' | 'hkdf'>,
  message: { readonly room: string; readonly author: string; readonly id: string; readonly secret: string },
): Promise<{ readonly id: Uint8Array; readonly secret: Uint8Array }> {
  const { room, author, id, secret } = message;
  const [name, key] = await Promise.all([
    provider.hash('SHA-256', utf8ToBytes(`${REACTION} ${canonicalizeJson([room, author, id])}`)),
    provider.hkdf(base64UrlToBytes(secret), 32, { info: utf8ToBytes(REACTION) }),
  ]);
  return { id: name, secret: key };
}
