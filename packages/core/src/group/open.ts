/** Reads a message of a group. Nothing is handed out before signature and tag were checked. Source: docs/spec/groups.md §3. */
import { equalBytes } from '../encoding/bytes.ts';
import { isSdkError } from '../errors.ts';
import type { PublicKey } from '../keys/key.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { deriveMessageKey } from './cipher.ts';
import { GroupError } from './errors.ts';
import { parseGroupHeader, parseGroupMessage, type Ticket } from './message.ts';
import { unpadGroupMessage } from './padding.ts';
import { findTicket, type GroupSession, newestTicket } from './session.ts';

/**
 * @throws `group/malformed`, `group/other-group`, `group/outdated`, `group/epoch-missing`, `group/unsupported-key`,
 *   `group/bad-signature`, `group/undecryptable`
 */
export async function openGroupMessage(
  provider: CryptoProvider,
  {
    session,
    message,
    sender,
  }: { readonly session: GroupSession; readonly message: Uint8Array; readonly sender: PublicKey },
): Promise<Uint8Array> {
  const { header, signature, ciphertext } = parseGroupMessage(message);
  const { sessionId, epoch, salt } = parseGroupHeader(header);
  if (!equalBytes(sessionId, session.sessionId)) throw new GroupError('group/other-group');
  const ticket = requireTicket(session, epoch);
  if (sender.type !== 'ED25519') throw new GroupError('group/unsupported-key');
  if (!(await provider.verifyPure(sender.parts.signing!, ciphertext, signature)))
    throw new GroupError('group/bad-signature');
  const options = await deriveMessageKey(provider, ticket.key, { salt, header });
  return unpadGroupMessage(await decrypt(provider, options, ciphertext));
}

function requireTicket(session: GroupSession, epoch: number): Ticket {
  const ticket = findTicket(session, epoch);
  if (ticket) return ticket;
  const isLater = epoch > newestTicket(session).epoch;
  throw new GroupError(isLater ? 'group/outdated' : 'group/epoch-missing', { details: { epoch } });
}

async function decrypt(
  provider: CryptoProvider,
  options: Parameters<CryptoProvider['decryptBody']>[0],
  ciphertext: Uint8Array,
): Promise<Uint8Array> {
  try {
    return await provider.decryptBody(options, ciphertext);
  } catch (error) {
    throw isSdkError(error, 'envelope/undecryptable') ? new GroupError('group/undecryptable') : error;
  }
}
