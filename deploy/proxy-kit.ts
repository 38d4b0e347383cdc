/**
 * The proxies of this folder, run by their own programs for a test: names, certificates, ports and nodes of the example files are
 * replaced, nothing else.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Ports {
  readonly http: number;
  readonly https: number;
  readonly nodes: readonly number[];
}

export interface Proxy {
  readonly program: string;
  /** The argument that shows it. */
  readonly version: string;
  /** Writes its files into the folder. Gives back the arguments that check them, and those that run the proxy. */
  readonly prepare: (folder: string, ports: Ports) => { readonly check: string[]; readonly run: string[] };
}

export interface RunningProxy {
  readonly child: ChildProcess;
  /** What it wrote so far. */
  log(): string;
  close(): Promise<void>;
}

export const proxies: Readonly<Record<'nginx.conf' | 'haproxy.cfg' | 'Caddyfile', Proxy>> = {
  'nginx.conf': {
    program: 'nginx',
    version: '-v',
    prepare(folder, { http, https, nodes }) {
      const rest = ' max_fails=1 fail_timeout=2s;';
      const site = fillIn('nginx.conf', {
        [`server 127.0.0.1:8080${rest}`]: nodes.map((port) => `server 127.0.0.1:${port}${rest}`).join('\n'),
        '/etc/ssl/sotto/fullchain.pem': join(folder, 'cert.pem'),
        '/etc/ssl/sotto/privkey.pem': join(folder, 'key.pem'),
        '/var/log/nginx/sotto.log': join(folder, 'access.log'),
        'listen 80;': `listen 127.0.0.1:${http};`,
        'listen [::]:80;': '',
        'listen 443 ': `listen 127.0.0.1:${https} `,
        'listen [::]:443 ssl http2;': '',
      });
      writeFileSync(join(folder, 'site.conf'), site);
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((it) => `${it}_temp_path ${folder};`);
      const main = `daemon off; pid ${folder}/pid; error_log stderr;
events {}
http { ${temporary.join(' ')} include ${folder}/site.conf; }`;
      writeFileSync(join(folder, 'main.conf'), main);
      const run = ['-p', folder, '-c', join(folder, 'main.conf'), '-e', 'stderr'];
      return { check: ['-t', ...run], run };
    },
  },
  'haproxy.cfg': {
    program: 'haproxy',
    version: '-v',
    prepare(folder, { http, https, nodes }) {
      const text = fillIn('haproxy.cfg', {
        'server node1 127.0.0.1:8080': nodes
          .map((port, index) => `server node${index + 1} 127.0.0.1:${port}`)
          .join('\n    '),
        '/etc/haproxy/sotto.pem': join(folder, 'both.pem'),
        'bind :443 ': `bind 127.0.0.1:${https} `,
        'bind :80': `bind 127.0.0.1:${http}`,
      });
      const file = join(folder, 'haproxy.cfg');
      writeFileSync(file, text);
      return { check: ['-c', '-f', file], run: ['-db', '-f', file] };
    },
  },
  Caddyfile: {
    program: 'caddy',
    version: 'version',
    prepare(folder, { http, https, nodes }) {
      const text = fillIn('Caddyfile', {
        '127.0.0.1:8080': nodes.map((port) => `127.0.0.1:${port}`).join(' '),
        'keys.example.com {': `{
	admin off
	http_port ${http}
	https_port ${https}
	skip_install_trust
}
localhost {
	bind 127.0.0.1
	tls ${folder}/cert.pem ${folder}/key.pem`,
      });
      const file = join(folder, 'Caddyfile');
      writeFileSync(file, text);
      const args = ['--config', file, '--adapter', 'caddyfile'];
      return { check: ['validate', ...args], run: ['run', ...args] };
    },
  },
};

export function isInstalled({ program, version }: Proxy): boolean {
  return spawnSync(program, [version]).error === undefined;
}

/** With what `prepare` gave. It need not listen yet. */
export function runProxy(
  { program }: Proxy,
  { folder, args }: { folder: string; args: readonly string[] },
): RunningProxy {
  const env = { PATH: process.env['PATH'], HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += String(chunk)));
  return {
    child,
    log: () => log,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** `cert.pem`, `key.pem`, and both in `both.pem`, for localhost. */
export function makeCertificate(folder: string): void {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  writeFileSync(join(folder, 'both.pem'), readFileSync(cert, 'utf8') + readFileSync(key, 'utf8'));
}

function fillIn(name: string, replacements: Readonly<Record<string, string>>): string {
  let text = readFileSync(join(import.meta.dirname, name), 'utf8');
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`${name} has no ${from} any more`);
    text = text.replace(from, to);
  }
  return text;
}
