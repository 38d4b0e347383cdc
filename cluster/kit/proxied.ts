/** A proxy of `deploy/` over TLS in front of nodes. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '@sotto/testing/postgres';
import { makeCertificate, proxies, runProxy } from '../../deploy/proxy-kit.ts';
import { openWire } from './wire.ts';

export interface ProxiedNodes {
  readonly url: string;
  /** Of the proxy, PEM. */
  readonly ca: string;
  /** What the proxy wrote. */
  log(): string;
  close(): Promise<void>;
}

/** Resolves when a request comes through. */
export async function startProxy(name: keyof typeof proxies, ports: readonly number[]): Promise<ProxiedNodes> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-cluster-proxy-'));
  makeCertificate(folder);
  const ca = readFileSync(join(folder, 'cert.pem'), 'utf8');
  const own = { http: await findFreePort(), https: await findFreePort() };
  const proxy = proxies[name];
  const { run } = proxy.prepare(folder, { ...own, nodes: ports });
  const running = runProxy(proxy, { folder, args: run });
  const url = `https://localhost:${own.https}`;
  while ((await answerTo(url, ca)) !== 200) {
    if (running.child.exitCode !== null) throw new Error(`${proxy.program} ended\n${running.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    ca,
    log: running.log,
    async close() {
      await running.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answerTo(url: string, ca: string): Promise<number | undefined> {
  const wire = openWire({ url, ca });
  const { status } = await wire.call({ path: '/readyz' });
  wire.close();
  return status;
}
