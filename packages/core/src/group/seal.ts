/** Writes a message of a group, in its newest epoch. What it costs does not depend on the number of members. Source: docs/spec/groups.md §3. */
import { joinBytes } from '../encoding/bytes.ts';
import type { PrivateKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { deriveMessageKey } from './cipher.ts';
import { GroupError } from './errors.ts';
import { encodeGroupHeader, encodeGroupMessage } from './message.ts';
import { makeGroupPadding } from './padding.ts';
import { type GroupSession, newestTicket } from './session.ts';

/** The official client encrypts some bytes more, and then nobody can read the message. */
export const MAX_GROUP_PLAINTEXT_LENGTH = 29_915;

/** @throws `group/too-long`, `group/unsupported-key` unless the signer is of type ED25519 */
export async function sealGroupMessage(
  provider: CryptoProvider,
  {
    session,
    plaintext,
    signer,
  }: { readonly session: GroupSession; readonly plaintext: Uint8Array; readonly signer: PrivateKey },
): Promise<Uint8Array> {
  if (signer.type !== 'ED25519') throw new GroupError('group/unsupported-key');
  if (plaintext.length > MAX_GROUP_PLAINTEXT_LENGTH) throw new GroupError('group/too-long');
  const { sessionId, epoch, key } = newestTicket(session);
  const salt = provider.randomBytes(32);
  const header = encodeGroupHeader({ sessionId, epoch, salt });
  const options = await deriveMessageKey(provider, key, { salt, header });
  const padding = makeGroupPadding(provider, plaintext.length);
  const ciphertext = joinBytes(await provider.encryptBody(options, [plaintext, padding]));
  const signature = await provider.signPure(signer.parts.signing!, ciphertext);
  return encodeGroupMessage({ header, signature, ciphertext });
}
