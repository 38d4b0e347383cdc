/** Taking one's keys along as a text, for safekeeping or another device. Loaded when it is used. */
import { ArgumentError, MissingPrivateKeyError } from '../errors.ts';
import { sealKeyRing } from '../key-ring-file.ts';
import { keysOf, mergeKeys } from '../key-ring.ts';
import { isCostInBounds, LEAST_COST, type PassphraseCost } from '../passphrase-key.ts';
import type { Session } from '../session.ts';

export interface ExportOptions {
  readonly passphrase: string;
  readonly cost?: PassphraseCost | undefined;
}

/** All keys of this device, a pending one among them, since its card may be out. @throws MissingPrivateKeyError, ArgumentError */
export async function exportKeys(session: Session, { passphrase, cost = LEAST_COST }: ExportOptions): Promise<string> {
  requirePassphrase(passphrase);
  if (!isCostInBounds(cost)) throw new ArgumentError('A cost is 19,456 to 1,048,576 KiB of memory and 2 to 16 passes.');
  const { appId, identity, provider } = session;
  const ring = await session.keys.reload();
  const keys = mergeKeys(keysOf(ring), ring.pending ? [ring.pending.key] : []);
  if (keys.length === 0) throw new MissingPrivateKeyError();
  return sealKeyRing(provider, { appId, identity, keys }, { passphrase, cost });
}

export function requirePassphrase(passphrase: unknown): void {
  if (typeof passphrase !== 'string' || passphrase === '')
    throw new ArgumentError('Pass a passphrase, as text of at least one character.');
}
