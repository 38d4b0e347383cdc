// The proxies in front of the service, each by its own program over TLS: what reaches the service, what it takes for the client's address, and what is
// logged. Names, certificates, ports and nodes of the example files are replaced, nothing else.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS, SERVICE_ERRORS } from '@sotto/contract';
import { findFreePort } from '@sotto/testing/postgres';
import { startWorld, type World } from '@sotto/testing/world';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

interface Ports {
  readonly http: number;
  readonly https: number;
  readonly node: number;
}

interface Proxy {
  readonly program: string;
  readonly version: string;
  /** Writes its files into the folder. Gives back the arguments that check them, and those that run the proxy. */
  readonly prepare: (folder: string, ports: Ports) => { readonly check: string[]; readonly run: string[] };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const proxies: Readonly<Record<string, Proxy>> = {
  'nginx.conf': {
    program: 'nginx',
    version: '-v',
    prepare(folder, ports) {
      const site = withPorts('nginx.conf', ports, {
        '/etc/ssl/sotto/fullchain.pem': join(folder, 'cert.pem'),
        '/etc/ssl/sotto/privkey.pem': join(folder, 'key.pem'),
        '/var/log/nginx/sotto.log': join(folder, 'access.log'),
        'listen 80;': `listen 127.0.0.1:${ports.http};`,
        'listen [::]:80;': '',
        'listen 443 ': `listen 127.0.0.1:${ports.https} `,
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
    prepare(folder, ports) {
      const text = withPorts('haproxy.cfg', ports, {
        '/etc/haproxy/sotto.pem': join(folder, 'both.pem'),
        'bind :443 ': `bind 127.0.0.1:${ports.https} `,
        'bind :80': `bind 127.0.0.1:${ports.http}`,
      });
      const file = join(folder, 'haproxy.cfg');
      writeFileSync(file, text);
      return { check: ['-c', '-f', file], run: ['-db', '-f', file] };
    },
  },
  Caddyfile: {
    program: 'caddy',
    version: 'version',
    prepare(folder, ports) {
      const text = withPorts('Caddyfile', ports, {
        'keys.example.com {': `{
	admin off
	http_port ${ports.http}
	https_port ${ports.https}
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

for (const [name, proxy] of Object.entries(proxies)) {
  const isThere = spawnSync(proxy.program, [proxy.version]).error === undefined;
  const skipped = isThere ? '' : ` (skipped, ${proxy.program} is not installed)`;
  describe.runIf(isThere)(`${name}${skipped}`, () => tryProxy(name, proxy));
}

function tryProxy(name: string, { program, prepare }: Proxy): void {
  let folder: string;
  let world: World;
  let token: string;
  let ports: Ports;
  let running: ChildProcess;
  let check: string[];
  let log = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-proxy-'));
    makeCertificate(folder);
    world = await startWorld();
    token = `Virgil ${await world.app.issuer.issue('canary')}`;
    ports = { http: await findFreePort(), https: await findFreePort(), node: world.service.port };
    const prepared = prepare(folder, ports);
    check = prepared.check;
    const env = { PATH: process.env['PATH'], HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    running = spawn(program, prepared.run, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [running.stdout, running.stderr]) stream?.on('data', (chunk) => (log += String(chunk)));
    await vi.waitFor(async () => expect((await send({ path: '/readyz' })).status).toBe(200), { timeout: 20_000 });
  });
  afterAll(async () => {
    const ended = once(running, 'exit');
    running.kill('SIGTERM');
    await ended;
    await world.close();
    rmSync(folder, { recursive: true });
  });

  const send = (options: RequestOptions, body?: Buffer): Promise<Answer> =>
    exchange(requestHttps, { port: ports.https, ca: readFileSync(join(folder, 'cert.pem')), ...options }, body);

  it('has no fault that its program finds', () => {
    const { status, stderr } = spawnSync(program, check, { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  });

  it('brings a request and its answer, with headers for pages', async () => {
    const headers = { Authorization: token, Origin: 'https://app.example' };
    const { status, headers: answered, body } = await send({ path: `/card/v5/${'0'.repeat(64)}`, headers });
    expect(status).toBe(404);
    expect(JSON.parse(body)).toHaveProperty('code');
    expect(answered['access-control-allow-origin']).toBe('*');
    expect(answered['strict-transport-security']).toMatch(/^max-age=\d{8}$/);
    expect(world.seen.at(-1)?.headers['authorization']).toBe(token);
  });

  it('tells the address of the client, and not the one that the client claims', async () => {
    await send({ path: '/healthz', headers: { 'X-Forwarded-For': '203.0.113.7' } });
    expect(world.seen.at(-1)?.headers['x-forwarded-for']).toBe('127.0.0.1');
  });

  it('brings the largest body, and of a larger one the refusal in words that clients know', async () => {
    const post = (bytes: number) =>
      send({ path: '/card/v5', method: 'POST', headers: { Authorization: token } }, Buffer.alloc(bytes, 32));
    expect((await post(LIMITS.bodyBytes)).status).not.toBe(413);
    const { status, body } = await post(LIMITS.bodyBytes + 1);
    expect({ status, code: (JSON.parse(body) as { code: number }).code }).toEqual({
      status: SERVICE_ERRORS['body/too-large'].status,
      code: SERVICE_ERRORS['body/too-large'].code,
    });
  });

  it.each(['/metrics', '/metrics/', '//metrics', '/%6detrics', '/METRICS', '/card/../metrics'])(
    'keeps %s to itself',
    async (path) => {
      const before = world.seen.length;
      expect((await send({ path })).status).toBe(404);
      expect(world.seen.slice(before).map((request) => request.path)).toEqual([]);
    },
  );

  it('sends who comes without TLS to where there is', async () => {
    const options = { port: ports.http, path: '/card/v5', headers: { Host: 'localhost' } };
    const { status, headers } = await exchange(requestHttp, options);
    expect(status).toBe(308);
    expect(headers['location']).toMatch(/^https:\/\/localhost(:\d+)?\/card\/v5$/);
  });

  it('logs requests without tokens and queries', async () => {
    const readLog = () => log + (name === 'nginx.conf' ? readFileSync(join(folder, 'access.log'), 'utf8') : '');
    const headers = { Authorization: token, 'User-Agent': 'canary' };
    await send({ path: '/healthz?identity=canary', method: 'OPTIONS', headers });
    await vi.waitFor(() => expect(readLog()).toContain('OPTIONS'));
    for (const secret of ['canary', token.slice(7, 40)]) expect(readLog()).not.toContain(secret);
  });
}

function withPorts(name: string, { node }: Ports, replacements: Readonly<Record<string, string>>): string {
  let text = readFileSync(join(import.meta.dirname, name), 'utf8');
  for (const [from, to] of Object.entries({ '127.0.0.1:8080': `127.0.0.1:${node}`, ...replacements })) {
    if (!text.includes(from)) throw new Error(`${name} has no ${from} any more`);
    text = text.replace(from, to);
  }
  return text;
}

function makeCertificate(folder: string): void {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  writeFileSync(join(folder, 'both.pem'), readFileSync(cert, 'utf8') + readFileSync(key, 'utf8'));
}

/** The path goes out as it is given. */
function exchange(
  request: typeof requestHttp | typeof requestHttps,
  options: RequestOptions,
  body?: Buffer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': body.length };
    const headers = { ...length, ...(options.headers as Record<string, string> | undefined) };
    const sent = request({ host: 'localhost', family: 4, agent: false, ...options, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
