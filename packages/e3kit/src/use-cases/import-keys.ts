/** Bringing the keys of an exported text to this device. Loaded when it is used. */
import { ArgumentError } from '../errors.ts';
import { keyError } from '../key-errors.ts';
import { openKeyRing, parseKeyRing } from '../key-ring-file.ts';
import { keysOf } from '../key-ring.ts';
import { derivePassphraseKey } from '../passphrase-key.ts';
import type { Session } from '../session.ts';
import type { Outcome } from '../task.ts';
import { adoptKeys } from './adopt-keys.ts';
import { requirePassphrase } from './export-keys.ts';

/**
 * Adds the keys to those of this device, of which none is lost. The one of the user's card is the current one, wherever it was.
 * @throws `key-ring/other-user`, `key-ring/outdated` (no key of the user's card is here; those that came read old messages),
 *   `key-ring/*`, and what the service and the key store throw
 */
export async function importKeys(
  session: Session,
  { text, passphrase }: { readonly text: string; readonly passphrase: string },
): Promise<Outcome> {
  if (typeof text !== 'string') throw new ArgumentError('Pass the text that exportKeyRing() gave.');
  requirePassphrase(passphrase);
  const { appId, identity, provider, keys } = session;
  const sealed = await parseKeyRing(provider, text);
  const key = await derivePassphraseKey(passphrase, sealed.salt, sealed.cost);
  const content = await openKeyRing(provider, sealed, key);
  if (content.appId !== appId || content.identity !== identity) throw keyError('key-ring/other-user');
  return keys.exclusively(async () => {
    const before = await keys.reload();
    const ring = await adoptKeys(session, before, content.keys);
    const isSame = ring.current === before.current && keysOf(ring).length === keysOf(before).length;
    if (!isSame) await keys.save(ring);
    if (!ring.current) throw keyError('key-ring/outdated');
    return isSame ? 'already-done' : 'done';
  });
}
