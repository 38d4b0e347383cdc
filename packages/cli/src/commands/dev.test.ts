import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, watch, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCard, parseToken, type RawCard } from '@sotto/core';
import { describe, expect, it } from 'vitest';
import { newDataDir, readDevEnv, runSotto, spawnSotto, startDev, takePort } from '../test-kit.ts';

const NAMES = [
  'API_URL',
  'APP_ID',
  'APP_KEY',
  'APP_KEY_ID',
  'BACKEND_URL',
  'SERVICE_PUBLIC_KEY',
  'TWILIO_ACCOUNT_SID',
  'TWILIO_API_KEY',
  'TWILIO_API_SECRET',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_EMULATOR_TOKEN',
  'TWILIO_EMULATOR_URL',
  'TWILIO_SERVICE_SID',
];

async function fetchVirgilToken(backendUrl: string, identity: string): Promise<string> {
  const signedIn = await fetch(`${backendUrl}/authenticate`, { method: 'POST', body: JSON.stringify({ identity }) });
  const { authToken } = (await signedIn.json()) as { authToken: string };
  const answer = await fetch(`${backendUrl}/virgil-jwt`, { headers: { Authorization: `Bearer ${authToken}` } });
  return ((await answer.json()) as { virgilToken: string }).virgilToken;
}

async function fetchTwilioToken(backendUrl: string, identity: string): Promise<string> {
  const signedIn = await fetch(`${backendUrl}/authenticate`, { method: 'POST', body: JSON.stringify({ identity }) });
  const { authToken } = (await signedIn.json()) as { authToken: string };
  const answer = await fetch(`${backendUrl}/twilio-jwt`, { headers: { Authorization: `Bearer ${authToken}` } });
  return ((await answer.json()) as { twilioToken: string }).twilioToken;
}

async function search({ API_URL }: Record<string, string>, virgilToken: string): Promise<number> {
  const { status } = await fetch(`${API_URL}/card/v5/actions/search`, {
    method: 'POST',
    headers: { Authorization: `Virgil ${virgilToken}` },
    body: JSON.stringify({ identities: ['alice'] }),
  });
  return status;
}

/** Those of the identities that have a card. */
async function searchFor({ API_URL }: Record<string, string>, virgilToken: string, identities: readonly string[]) {
  const answer = await fetch(`${API_URL}/card/v5/actions/search`, {
    method: 'POST',
    headers: { Authorization: `Virgil ${virgilToken}` },
    body: JSON.stringify({ identities }),
  });
  const cards = (await answer.json()) as RawCard[];
  return cards.map((card) => parseCard(card).identity).sort();
}

describe('sotto dev', () => {
  it('runs a service that takes the tokens of its backend', async () => {
    const { settings } = await startDev(await newDataDir());
    const token = await fetchVirgilToken(settings['BACKEND_URL']!, 'alice');
    expect(parseToken(token)).toMatchObject({ identity: 'alice', appId: settings['APP_ID'] });
    expect(await search(settings, token)).toBe(200);
  });

  it('writes dev.env for its owner, for sh and for dotenv readers alike', async () => {
    const dataDir = await newDataDir();
    const { settings } = await startDev(dataDir);
    const path = join(dataDir, 'dev.env');
    expect(Object.keys(settings).sort()).toEqual(NAMES);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(settings['API_URL']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(settings['BACKEND_URL']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const name of NAMES) {
      expect(execFileSync('sh', ['-c', `. "$0"; printf %s "$${name}"`, path], { encoding: 'utf8' })).toBe(
        settings[name],
      );
    }
  });

  it('prints a line to try that works as it stands', async () => {
    const { stdout } = await startDev(await newDataDir());
    const line = /^try +(.*)$/m.exec(stdout())?.[1] ?? '';
    expect(JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' }))).toEqual({
      authToken: expect.any(String),
    });
    expect(stdout().split('\n').length).toBeLessThanOrEqual(12);
  });

  it('is the same application with the same credentials at the next start', async () => {
    const dataDir = await newDataDir();
    const first = await startDev(dataDir);
    first.child.kill('SIGTERM');
    await first.exit;
    const second = await startDev(dataDir);
    const ofTheRun = ['API_URL', 'BACKEND_URL', 'TWILIO_EMULATOR_URL', 'TWILIO_EMULATOR_TOKEN'];
    const kept = Object.entries(first.settings).filter(([name]) => !ofTheRun.includes(name));
    expect(second.settings).toMatchObject(Object.fromEntries(kept));
  });

  it('makes a new App Key when the old one was revoked, and keeps the rest', async () => {
    const dataDir = await newDataDir();
    const first = await startDev(dataDir);
    await runSotto(['app-key', 'revoke', first.settings['APP_KEY_ID']!, '--data', dataDir]);
    first.child.kill('SIGTERM');
    await first.exit;
    const second = await startDev(dataDir);
    const { APP_ID, TWILIO_API_SECRET } = first.settings;
    expect(second.settings).toMatchObject({ APP_ID, TWILIO_API_SECRET });
    expect(await search(second.settings, await fetchVirgilToken(second.settings['BACKEND_URL']!, 'alice'))).toBe(200);
  });

  it.each(['sotto.db', 'secrets', 'dev-credentials.json'])(
    'starts on what a first start left that was killed when it made %s',
    async (name) => {
      const dataDir = await newDataDir();
      await mkdir(dataDir);
      const changes = watch(dataDir);
      const { child, exit } = spawnSotto(['dev', '--data', dataDir, '--port', '0', '--backend-port', '0']);
      for await (const { filename } of changes) if (filename?.startsWith(name)) break;
      child.kill('SIGKILL');
      await exit;
      const { settings } = await startDev(dataDir);
      expect(await search(settings, await fetchVirgilToken(settings['BACKEND_URL']!, 'alice'))).toBe(200);
      const { stdout: applications } = await runSotto(['app', 'list', '--data', dataDir]);
      expect(applications).toBe(`${settings['APP_ID']}  sotto dev\n`);
    },
  );

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with exit code 0 on %s', async (name) => {
    const { child, exit, settings } = await startDev(await newDataDir());
    child.kill(name);
    expect(await exit).toEqual({ code: 0, signal: null });
    await expect(fetch(settings['API_URL']!)).rejects.toThrow('fetch failed');
    await expect(fetch(settings['BACKEND_URL']!)).rejects.toThrow('fetch failed');
    await expect(fetch(settings['TWILIO_EMULATOR_URL']!)).rejects.toThrow('fetch failed');
  });

  it('takes the Ctrl-C that reaches the group, and comes from npm once more, as one', async () => {
    const { child, exit } = await startDev(await newDataDir());
    process.kill(-child.pid!, 'SIGINT');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(() => process.kill(-child.pid!, 0)).toThrow('ESRCH');
  });

  it('ends with exit code 0 when it is stopped while it starts', async () => {
    const dataDir = await newDataDir();
    await mkdir(dataDir);
    const changes = watch(dataDir);
    const { child, exit } = spawnSotto(['dev', '--data', dataDir, '--port', '0', '--backend-port', '0']);
    for await (const { filename } of changes) if (filename === 'sotto.db') break;
    child.kill('SIGINT');
    expect(await exit).toEqual({ code: 0, signal: null });
  });

  it.each(['--port', '--backend-port', '--twilio-port'])(
    'says in one line that the port of %s is in use, and the way out',
    async (option) => {
      const dataDir = await newDataDir();
      const port = await takePort();
      const ports = { '--port': '0', '--backend-port': '0', '--twilio-port': '0', [option]: String(port) };
      const { code, stdout, stderr } = await runSotto(['dev', '--data', dataDir, ...Object.entries(ports).flat()]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toBe(
        `sotto: port ${port} is in use; stop what runs there or choose another: sotto dev ${option} 0 (cli/port-in-use)\n`,
      );
      expect(existsSync(join(dataDir, 'dev.env'))).toBe(false);
    },
  );

  it('leaves another that runs on the same data alone', async () => {
    const dataDir = await newDataDir();
    const { settings } = await startDev(dataDir);
    const { code, stderr } = await runSotto(['dev', '--data', dataDir, '--port', '0', '--backend-port', '0']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^sotto: port \d+ is in use by a sotto dev with the same data folder; .*--data DIR.*\n$/);
    expect(await readDevEnv(dataDir)).toEqual(settings);
  });

  it('removes what an earlier run announced, even where it then fails', async () => {
    const dataDir = await newDataDir();
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'dev.env'), 'BACKEND_URL=http://127.0.0.1:1\n');
    const { code } = await runSotto(['dev', '--data', dataDir, '--port', String(await takePort())]);
    expect(code).toBe(2);
    expect(existsSync(join(dataDir, 'dev.env'))).toBe(false);
  });

  it('refuses to sign in anyone from everywhere, unless it is meant', async () => {
    const dataDir = await newDataDir();
    const { code, stderr } = await runSotto(['dev', '--data', dataDir, '--host', '0.0.0.0']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^sotto: the sample backend signs in anyone.*--insecure-demo-login.*\n$/);
    expect(existsSync(dataDir)).toBe(false);

    const { settings } = await startDev(dataDir, { args: ['--host', '0.0.0.0', '--insecure-demo-login'] });
    expect(settings['BACKEND_URL']).toMatch(/^http:\/\/0\.0\.0\.0:/);
  });

  it('says which file is damaged', async () => {
    const dataDir = await newDataDir();
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'dev-credentials.json'), '{"appId":"a1"}');
    const { code, stderr } = await runSotto(['dev', '--data', dataDir, '--port', '0', '--backend-port', '0']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^sotto: .*dev-credentials\.json cannot be read; remove it, and the next start makes new keys \(cli\/damaged-file\)\n$/,
    );
  });
});

describe('the Twilio account of sotto dev', () => {
  const real = {
    TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
    TWILIO_API_KEY: `SK${'2'.repeat(32)}`,
    TWILIO_API_SECRET: 'secret',
    TWILIO_SERVICE_SID: `IS${'3'.repeat(32)}`,
  };
  const isEmulated = async ({ BACKEND_URL }: Record<string, string>) => {
    const config = (await (await fetch(`${BACKEND_URL}/config`)).json()) as { twilio: { emulated: boolean } };
    return config.twilio.emulated;
  };

  it('is the one of the environment where there is one, and then nothing is emulated', async () => {
    const { settings, stdout } = await startDev(await newDataDir(), { env: real });
    expect(settings).toMatchObject(real);
    expect(settings).not.toHaveProperty('TWILIO_EMULATOR_URL');
    expect(stdout()).toContain(real.TWILIO_ACCOUNT_SID);
    expect(await isEmulated(settings)).toBe(false);
  });

  it('is emulated where there is none, for tokens of the backend, and the page is told where', async () => {
    const { settings, stdout } = await startDev(await newDataDir());
    const { BACKEND_URL, TWILIO_EMULATOR_URL, TWILIO_SERVICE_SID } = settings;
    expect(stdout()).toContain(`twilio    ${TWILIO_EMULATOR_URL}  (an emulator, and not Twilio)`);
    const { twilio } = (await (await fetch(`${BACKEND_URL}/config`)).json()) as { twilio: unknown };
    const uri = `${TWILIO_EMULATOR_URL!.replace('http', 'ws')}/v3/wsconnect`;
    expect(twilio).toEqual({ emulated: true, serviceSid: TWILIO_SERVICE_SID, twilsock: { uri } });

    const token = await fetchTwilioToken(BACKEND_URL!, 'alice');
    const headers = { 'X-Twilio-Token': token, 'Content-Type': 'text/plain' };
    const media = `${TWILIO_EMULATOR_URL}/v1/Services/${TWILIO_SERVICE_SID}/Media`;
    expect((await fetch(media, { method: 'POST', headers, body: 'bytes' })).status).toBe(201);
  });

  it('has its conversations again at the next start', async () => {
    const dataDir = await newDataDir();
    const callApi = async (settings: Record<string, string>, init: RequestInit = {}) => {
      const { TWILIO_EMULATOR_URL, TWILIO_API_KEY, TWILIO_API_SECRET } = settings;
      const headers = { Authorization: `Basic ${btoa(`${TWILIO_API_KEY}:${TWILIO_API_SECRET}`)}` };
      return (await fetch(`${TWILIO_EMULATOR_URL}/v1/Conversations`, { ...init, headers })).json();
    };
    const first = await startDev(dataDir);
    const { sid } = (await callApi(first.settings, { method: 'POST' })) as { sid: string };
    first.child.kill('SIGKILL');
    await first.exit;
    const second = await startDev(dataDir);
    expect(await callApi(second.settings)).toMatchObject({ conversations: [{ sid }] });
  });

  it('is made up anew where the environment has made-up credentials of another folder', async () => {
    const { settings } = await startDev(await newDataDir());
    const sourced = Object.fromEntries(Object.entries(settings).filter(([name]) => name.startsWith('TWILIO_')));
    const other = await startDev(await newDataDir(), { env: sourced });
    expect(other.settings['TWILIO_ACCOUNT_SID']).not.toBe(settings['TWILIO_ACCOUNT_SID']);
    expect(await isEmulated(other.settings)).toBe(true);
  });

  it('must be complete', async () => {
    const { TWILIO_API_SECRET: _, ...half } = real;
    const { code, stderr } = await runSotto(['dev', '--data', await newDataDir()], half);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^sotto: not set in the environment: TWILIO_API_SECRET/);
  });
});

describe('sotto dev --demo', () => {
  it('plays the article, and greets the same users at the next start', async () => {
    const dataDir = await newDataDir();
    const first = await startDev(dataDir, { args: ['--demo'] });
    await first.says(/^ {2}Neither the text nor one of the 2 private keys is in any of it/m);
    expect(first.stdout()).toMatch(/alice +registers[^]*bob +registers[^]*bob +decrypts +"Hello Bob/);
    expect(first.stdout()).toMatch(/POST \/card\/v5 +\d{3} bytes/);
    first.child.kill('SIGINT');
    expect(await first.exit).toEqual({ code: 0, signal: null });

    const second = await startDev(dataDir, { args: ['--demo'] });
    await second.says(/^ {2}Neither/m);
    expect(second.stdout()).toMatch(/alice +is back[^]*bob +is back[^]*bob +decrypts/);
    expect(first.stderr() + second.stderr()).toBe('');
  });

  it('can be stopped in the middle', async () => {
    const { child, exit, stderr } = await startDev(await newDataDir(), { args: ['--demo'] });
    child.kill('SIGINT');
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(stderr()).toBe('');
  });

  it('leaves the servers up when it fails', async () => {
    const dataDir = await newDataDir();
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'demo'), 'in the way');
    const { complains, settings } = await startDev(dataDir, { args: ['--demo'] });
    await complains(/^sotto: EEXIST.*\nThe demo ends here; service and backend stay up/i);
    expect((await fetch(settings['BACKEND_URL']!)).status).toBe(200);
  });
});

describe('the chat of sotto dev --demo', () => {
  const asBrowser = { headers: { Accept: 'text/html,*/*;q=0.8' } };
  const typeOf = async (...args: Parameters<typeof fetch>) => (await fetch(...args)).headers.get('Content-Type');

  it('is shown to browsers; all others get the routes as text', async () => {
    const { settings, stdout } = await startDev(await newDataDir(), { args: ['--demo'] });
    const { BACKEND_URL, TWILIO_EMULATOR_URL } = settings;
    const page = await fetch(`${BACKEND_URL}/`, asBrowser);
    expect(page.headers.get('Content-Security-Policy')).toContain(`connect-src 'self' ${TWILIO_EMULATOR_URL} ws:`);
    expect(stdout()).toContain(`page      ${BACKEND_URL}/`);

    const routes = await fetch(`${BACKEND_URL}/`);
    expect(routes.headers.get('Content-Type')).toMatch(/^text\/plain/);
    expect(await routes.text()).toContain('/virgil-jwt');
  });

  it('has bob, at the next start too, and stops with him in it', async () => {
    const dataDir = await newDataDir();
    for (const _ of ['first', 'second']) {
      const { settings, child, exit, stderr } = await startDev(dataDir, { args: ['--demo'] });
      const welcome = await fetch(`${settings['BACKEND_URL']}/demo/welcome`);
      expect(await welcome.json()).toEqual({ room: 'welcome', peer: 'bob' });
      child.kill('SIGINT');
      expect(await exit).toEqual({ code: 0, signal: null });
      expect(stderr()).toBe('');
    }
  });

  it('leaves the names of the article to visitors', async () => {
    const { settings } = await startDev(await newDataDir(), { args: ['--demo'] });
    await fetch(`${settings['BACKEND_URL']}/demo/welcome`); // answered once the article was played and bob is there
    const token = await fetchVirgilToken(settings['BACKEND_URL']!, 'carol');
    expect(await searchFor(settings, token, ['alice', 'bob', 'mallory'])).toEqual(['bob', 'mallory']);
  });

  it('is not there without --demo, nor where others could reach it', async () => {
    for (const args of [[], ['--demo', '--host', '0.0.0.0', '--insecure-demo-login']]) {
      const { settings, stdout } = await startDev(await newDataDir(), { args });
      const url = settings['BACKEND_URL']!.replace('0.0.0.0', '127.0.0.1');
      expect(await typeOf(`${url}/`, asBrowser)).toMatch(/^text\/plain/);
      for (const path of ['/demo/attack', '/demo/wire', '/demo/welcome', '/demo/service/healthz']) {
        expect((await fetch(url + path)).status).toBe(404);
      }
      expect(stdout()).not.toMatch(/^page/m);
    }
  });
});

it('keeps its credentials for their owner alone', async () => {
  const dataDir = await newDataDir();
  const { settings } = await startDev(dataDir);
  const path = join(dataDir, 'dev-credentials.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ appKey: settings['APP_KEY'] });
});
