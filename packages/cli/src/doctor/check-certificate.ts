/** Checks of a TLS certificate: the one that a service shows, and the files that it is to be started with. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { type Finding, notChecked, ok, problem, warning } from '@sotto/service';
import { nameOf } from './ask.ts';

/** Authorities that renew by themselves do so a month ahead. */
const SOON_DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1000;
const PATIENCE_MS = 5000;

/** What is shown at an address; whether it is trusted is found out by requests. */
export async function checkShownCertificate({ hostname, port }: URL): Promise<Finding> {
  const host = hostname.replace(/^\[|\]$/g, '');
  // An address has no name that could be asked for.
  const socket = connect({
    host,
    port: Number(port || 443),
    rejectUnauthorized: false,
    ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }),
  });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(PATIENCE_MS) });
    const certificate = socket.getPeerX509Certificate();
    return certificate === undefined ? problem('certificate', 'none is shown') : checkEnd(certificate);
  } catch (error) {
    // Why there is no connection is said of the service.
    return notChecked('certificate', `none can be had (${nameOf(error)})`);
  } finally {
    socket.destroy();
  }
}

/** Whether the two files belong together. */
export async function checkCertificateFiles(files: {
  readonly certFile: string;
  readonly keyFile: string;
}): Promise<Finding> {
  try {
    const certificate = new X509Certificate(await readFile(files.certFile));
    const key = createPrivateKey(await readFile(files.keyFile));
    return certificate.checkPrivateKey(key)
      ? { ...checkEnd(certificate), check: 'certificate file' }
      : problem('certificate file', 'the private key is for another certificate: name the pair that belongs together');
  } catch (error) {
    return problem('certificate file', `it or its key cannot be read (${nameOf(error)}): both are PEM`);
  }
}

function checkEnd({ validFrom, validTo }: X509Certificate): Finding {
  const days = Math.floor((Date.parse(validTo) - Date.now()) / DAY_MS);
  if (Date.parse(validFrom) > Date.now()) return problem('certificate', 'not valid yet: check the clock');
  if (days < 0) return problem('certificate', `ended ${-days} days ago: renew it`);
  return days < SOON_DAYS
    ? warning('certificate', `ends in ${days} days: renew it`)
    : ok('certificate', `good for ${days} days`);
}
