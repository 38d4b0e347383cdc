/** A key id in groups of four, as it is read and compared. */
export function groupKeyId(keyId: string): string {
  return keyId.match(/.{1,4}/gu)?.join(' ') ?? '';
}
