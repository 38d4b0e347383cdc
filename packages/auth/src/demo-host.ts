/** The sample backend signs in anyone, so where it may listen is a rule of its own. */
import { authError } from './errors.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/** Refuses an address that others could reach, unless the operator said that it is meant. @throws `auth/insecure-host` */
export function checkDemoHost(host: string, options: { readonly insecureDemoLogin: boolean }): void {
  if (LOOPBACK.test(host) || options.insecureDemoLogin) return;
  throw authError('auth/insecure-host', { details: { host } });
}
