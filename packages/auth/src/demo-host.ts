/** The sample backend signs in anyone, so where it may listen is a rule of its own. */
import { authError } from './errors.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/** Whether `host`, as an option or in a URL, leads to this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Refuses an address that others could reach, unless the operator said that it is meant. @throws `auth/insecure-host` */
export function checkDemoHost(host: string, options: { readonly insecureDemoLogin: boolean }): void {
  if (isLoopback(host) || options.insecureDemoLogin) return;
  throw authError('auth/insecure-host', { details: { host } });
}
