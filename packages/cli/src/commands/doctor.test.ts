import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { revokeAppKey } from '@sotto/service';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatEnv } from '../env-file.ts';
import { type Installation, newContext, newInstallation, startHttp } from './test-kit.ts';
import { runSotto } from '../test-kit.ts';
import { doctor, type DoctorOptions } from './doctor.ts';

/** By the name of the check: its state, and what it says. */
async function examine(
  { dataDir, service }: Installation,
  options: DoctorOptions = {},
): Promise<Record<string, string>> {
  const { terminal, results } = newContext();
  await doctor({ data: dataDir, url: new URL(service.url), json: true, ...options }, terminal);
  const { findings } = JSON.parse(results.join('\n')) as { findings: { check: string; state: string; says: string }[] };
  return Object.fromEntries(findings.map(({ check, state, says }) => [check, `${state}: ${says}`]));
}

/** Passes requests on, with the answers changed. */
async function startProxy(
  target: string,
  change: (headers: Record<string, unknown>, path: string) => void,
): Promise<URL> {
  const address = await startHttp((incoming, outgoing) => {
    const { url = '', method, headers } = incoming;
    const onward = request(`${target}${url}`, { method, headers }, (answer) => {
      const changed: Record<string, unknown> = { ...answer.headers };
      change(changed, url);
      outgoing.writeHead(answer.statusCode ?? 500, changed as Record<string, string>);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  return new URL(address);
}

describe('sotto doctor', () => {
  it('finds nothing where all is well', async () => {
    const { dataDir, envFile, service } = await newInstallation();
    const options = ['--data', dataDir, '--url', service.url, '--backend-env', envFile];
    const { code, stdout, stderr } = await runSotto(['doctor', ...options]);
    const lines = stdout
      .replace(/\d[\d.]* [kMGT]B/g, 'SIZE')
      .replace(/\b[0-9a-f]{16}\b/, 'ID')
      .split('\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'no problems, no warnings\n' });
    expect(lines.slice(1)).toEqual([
      'ok           database          SQLite, SIZE, every page and index is whole',
      'ok           disk              SIZE free where the database is',
      'ok           database file     for its owner alone',
      'ok           journal           written ahead (WAL)',
      expect.stringMatching(/^ok {11}schema {12}\d{4}-/),
      'ok           service key       is the one that signs',
      'ok           brain-key secret  is that of the database',
      'ok           secrets           service key ID, number 1 of its chain',
      'ok           secret files      for its owner alone',
      'ok           service           answers, release 0.1.0',
      'ok           ready             takes requests, and its database answers',
      'ok           service key       is the one of this machine',
      'ok           clock             agrees with this machine',
      'ok           connection to it  stays on this machine',
      'ok           pages             may call from any origin',
      'ok           token             one of this App Key is accepted',
      '',
    ]);
  });

  it('ends with 1 where there is a problem', async () => {
    const { dataDir, path } = await newInstallation();
    await chmod(path('data/sotto.db'), 0o644);
    const { code, stdout, stderr } = await runSotto(['doctor', '--data', dataDir]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '1 problem, no warnings\n' });
    expect(stdout).toContain('problem      database file     others can read the database (mode 644): chmod 600\n');
    expect(stdout).toMatch(/^not checked {2}service {11}nothing listens there, where it should: start it/m);
  });

  it('finds a damaged database', async () => {
    const place = await newInstallation();
    await place.service.close();
    const file = await open(place.path('data/sotto.db'), 'r+');
    const pages = (await file.stat()).size / 4096;
    for (let page = 1; page < pages; page++) await file.write(Buffer.alloc(100, 0x55), 0, 100, page * 4096);
    await file.close();
    expect((await examine(place))['database']).toMatch(
      /^problem: the file is damaged \(.+\): stop the service, .*restore/,
    );
    await writeFile(place.path('data/sotto.db'), 'something else');
    expect((await examine(place))['database']).toMatch(/^problem: the file is damaged \(file is not a database\)/);
    await rm(place.path('data/sotto.db'));
    expect((await examine(place))['database']).toMatch(/^problem: there is none in the data folder/);
  });

  it('finds secrets that are missing, open to others, or those of another installation', async () => {
    const place = await newInstallation();
    const secret = place.path('data/secrets/brain-key-secret');
    await chmod(secret, 0o644);
    expect((await examine(place))['secret files']).toBe('problem: others can read a secret (mode 644): chmod 600');
    await chmod(secret, 0o600);
    await writeFile(secret, `${Buffer.alloc(32, 1).toString('base64')}\n`);
    expect((await examine(place))['brain-key secret']).toMatch(/^problem: is another than that of the database/);
    await rm(secret);
    const findings = await examine(place);
    expect(findings['secrets']).toMatch(/^problem: brain-key-secret is missing/);
    expect(findings['brain-key secret']).toMatch(/^not checked/);
  });

  it('finds a backend that the service does not accept', async () => {
    const place = await newInstallation();
    const { env, envFile, service } = place;
    const tokenWith = async (lines: string) => {
      await writeFile(envFile, lines);
      return (await examine(place, { backendEnv: envFile }))['token'];
    };
    const unknown = formatEnv({ ...env, APP_KEY_ID: 'f'.repeat(32) });
    expect(await tokenWith(unknown)).toMatch(/^problem: refused with status 400\. No App Key by this id/);
    expect(await tokenWith(`APP_ID=${env.APP_ID}`)).toMatch(
      /^problem: Not set in the environment: APP_KEY_ID, APP_KEY\./,
    );
    expect(await tokenWith(formatEnv(env))).toBe('ok: one of this App Key is accepted');
    await revokeAppKey(service.store, { appId: env.APP_ID, appKeyId: env.APP_KEY_ID });
    expect(await tokenWith(formatEnv(env))).toMatch(/^problem: refused with status 400\. .*it was revoked/);
  });

  it('finds what a proxy does to pages and clocks', async () => {
    const place = await newInstallation();
    const url = await startProxy(place.service.url, (headers) => {
      delete headers['access-control-allow-origin'];
      headers['date'] = new Date(Date.now() - 600_000).toUTCString();
    });
    const findings = await examine(place, { url });
    expect(findings['pages']).toMatch(/^problem: a preflight of a page of another origin is refused: let the proxy/);
    expect(findings['clock']).toMatch(/^problem: (599|600|601) s apart from this machine/);
    const forGet = await startProxy(place.service.url, (headers, path) => {
      if (path.startsWith('/.well-known')) delete headers['access-control-allow-origin'];
    });
    expect((await examine(place, { url: forGet }))['pages']).toMatch(/^problem: a page .* cannot read an answer/);
  });

  it('finds that nothing or something else answers', async () => {
    const place = await newInstallation();
    const other = createServer((_, answer) => answer.end('Hello')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = new URL(`http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    expect((await examine(place, { url }))['service']).toMatch(/^problem: something else answers \(status 200\)/);
    other.close();
    await once(other, 'close');
    const gone = 'problem: nothing listens there: start the service, or correct --url';
    expect((await examine(place, { url }))['service']).toBe(gone);
  });

  it('prints nothing that a foreign server made up', async () => {
    const place = await newInstallation();
    const description = JSON.stringify({ service: 'sotto', version: '1.0.0', serviceKeys: [] });
    const url = await startHttp((incoming, answer) => {
      const isAsked = incoming.url === '/.well-known/sotto';
      answer.writeHead(isAsked ? 200 : 400).end(isAsked ? description : '{"message":"\\u001b[2J"}');
    });
    const { token } = await examine(place, { url: new URL(url), backendEnv: place.envFile });
    expect(token).toBe('problem: refused with status 400. The answer is none of the service: see the proxy before it.');
  });

  it('finds another service than that of the machine', async () => {
    const [place, other] = [await newInstallation(), await newInstallation()];
    const findings = await examine(place, { url: new URL(other.service.url) });
    expect(findings['service key']).toMatch(/^problem: is another than that of this machine/);
  });

  it('looks at the certificate', async () => {
    const place = await newInstallation();
    const [certFile, keyFile] = [place.path('tls.crt'), place.path('tls.key')];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    const files = ['-keyout', keyFile, '-out', certFile];
    execFileSync('openssl', ['req', '-x509', ...curve, '-nodes', '-days', '3', '-subj', '/CN=localhost', ...files], {
      stdio: 'pipe',
    });
    const server = createTlsServer({ cert: await readFile(certFile), key: await readFile(keyFile) });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await examine(place, { url })).toMatchObject({
      service: 'problem: its certificate is signed by itself: browsers refuse it',
      certificate: expect.stringMatching(/^warning: ends in [23] days: renew it$/) as string,
    });
  });

  it('says no more of what does not answer than that', async () => {
    const place = await newInstallation();
    const [plain, closed] = [new URL(place.service.url), await startHttp((incoming) => incoming.socket.destroy())];
    const tls = Object.assign(new URL(plain), { protocol: 'https:' });
    expect(await examine(place, { url: tls })).toMatchObject({
      service: expect.stringMatching(/^problem: what listens there speaks no TLS: correct http or https/) as string,
      certificate: expect.stringMatching(/^not checked: none can be had/) as string,
    });
    expect((await examine(place, { url: new URL(closed) }))['service']).toMatch(
      /^problem: the connection is closed at once: correct http or https in --url/,
    );
  });

  it('shows nothing that a bug report should not', async () => {
    const place = await newInstallation();
    const { service, envFile, dataDir, env, folder } = place;
    const { terminal, results, said } = newContext();
    await doctor({ data: dataDir, url: new URL(service.url), backendEnv: envFile }, terminal);
    const secret = await readFile(place.path('data/secrets/brain-key-secret'), 'utf8');
    for (const hidden of [secret.trim(), ...Object.values(env), folder, String(service.port)]) {
      expect([...results, ...said].join('\n')).not.toContain(hidden);
    }
  });
});
