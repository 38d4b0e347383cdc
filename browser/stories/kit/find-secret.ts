/** Looks for a text in what was received: as it is, and as base64 or hexadecimal digits would hold it. */

/** The form in which it was found. */
export function findSecret(secret: string, received: readonly Uint8Array[]): string | undefined {
  const all = Buffer.concat(received);
  return formsOf(secret).find((form) => all.includes(form));
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Three, since it depends on the bytes before which digits stand for it. The outermost digits are shared with neighbours.
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64url')
      .slice(shift === 0 ? 0 : shift + 1);
    return text.slice(0, -2);
  });
  const inBase64 = shifted.flatMap((text) => [text, text.replaceAll('-', '+').replaceAll('_', '/')]);
  return [secret, ...inBase64, bytes.toString('hex'), bytes.toString('hex').toUpperCase()];
}
