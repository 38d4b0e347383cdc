/** What to say of a new password; nothing if it will do. The service slows guessing down, so length is what counts. */
const MIN_LENGTH = 8;
const MAX_BYTES = 128;

export function judgePassword(password: string): string | undefined {
  if (Array.from(password).length < MIN_LENGTH) return `At least ${MIN_LENGTH} characters; a sentence is best.`;
  if (new TextEncoder().encode(password).length > MAX_BYTES) return 'That is more than the service takes. Shorten it.';
  return undefined;
}
