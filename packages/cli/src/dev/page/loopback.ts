/** Addresses and host names that lead to this machine only. */

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/** Whether `host`, as an option or in a URL, is this machine's own. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
