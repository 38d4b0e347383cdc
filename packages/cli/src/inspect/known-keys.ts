/** Keys of `--know`: whose identifiers, of either kind, get the name of their file. */
import { bytesToHex, type PublicKey } from '@sotto/core';
import type { NamedKey } from './finding.ts';

export type NameKey = (identifier: Uint8Array | string) => NamedKey;

export function createKeyNames(known: readonly { readonly path: string; readonly key: PublicKey }[]): NameKey {
  const names = new Map<string, string>();
  for (const { path, key } of known) {
    names.set(bytesToHex(key.identifier), path).set(bytesToHex(key.identifierSha256), path);
  }
  return (identifier) => {
    const id = typeof identifier === 'string' ? identifier : bytesToHex(identifier);
    return { id, name: names.get(id) };
  };
}

/** In the order of their names, those without one last: in a message they are in no order that says anything. */
export function nameReaders(identifiers: readonly (Uint8Array | string)[], nameKey: NameKey): NamedKey[] {
  return identifiers.map(nameKey).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

function sortKey({ id, name }: NamedKey): string {
  return name === undefined ? `1${id}` : `0${name}`;
}
