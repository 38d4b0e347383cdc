/** What an agreement accepts as the other side's key. */
import { coreError } from '../errors.ts';
import type { ComponentKind, PublicComponent } from './port.ts';

/**
 * That an ephemeral key is of the kind of the key it meets and, on P-256, in the one form that is written: libraries differ in
 * what else they read. @throws `envelope/undecryptable`
 */
export function checkEphemeral({ kind, bytes }: PublicComponent, expected: ComponentKind): void {
  const isUncompressed = bytes.length === 65 && bytes[0] === 4;
  if (kind !== expected || (kind === 'p256' && !isUncompressed)) throw coreError('envelope/undecryptable');
}
