import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { newDataDir, runSotto, spawnSotto, startDev, takePort } from '../test-kit.ts';

/** Starts it on a free port, and reads what it wrote for other programs. */
async function startEmulator(dataDir: string) {
  const env = join(dataDir, 'twilio.env');
  const sotto = spawnSotto(['twilio-emulator', '--data', dataDir, '--port', '0', '--env', env]);
  await sotto.says(/^stop/m);
  const settings = parseEnv(await readFile(env, 'utf8')) as Record<string, string>;
  return { ...sotto, env, settings };
}

const listConversations = async ({
  TWILIO_EMULATOR_URL,
  TWILIO_ACCOUNT_SID,
  TWILIO_AUTH_TOKEN,
}: Record<string, string>) => {
  const headers = { Authorization: `Basic ${btoa(`${TWILIO_ACCOUNT_SID}:${TWILIO_AUTH_TOKEN}`)}` };
  return (await fetch(`${TWILIO_EMULATOR_URL}/v1/Conversations`, { headers })).status;
};

describe('sotto twilio-emulator', () => {
  it('runs the emulator with an account of the data folder, and says how to connect', async () => {
    const dataDir = await newDataDir();
    const { settings, env, stdout, child, exit } = await startEmulator(dataDir);
    expect(Object.keys(settings).sort()).toEqual([
      'TWILIO_ACCOUNT_SID',
      'TWILIO_API_KEY',
      'TWILIO_API_SECRET',
      'TWILIO_AUTH_TOKEN',
      'TWILIO_EMULATOR_TOKEN',
      'TWILIO_EMULATOR_URL',
      'TWILIO_SERVICE_SID',
    ]);
    expect(statSync(env).mode & 0o777).toBe(0o600);
    expect(stdout()).toContain(`"${settings['TWILIO_EMULATOR_URL']!.replace('http', 'ws')}/v3/wsconnect"`);
    expect(stdout()).not.toContain(settings['TWILIO_API_SECRET']);
    expect(await listConversations(settings)).toBe(200);
    child.kill('SIGTERM');
    expect(await exit).toEqual({ code: 0, signal: null });
  });

  it('has the same account at the next start, and in sotto dev', async () => {
    const dataDir = await newDataDir();
    const accountOf = (settings: Record<string, string>) =>
      ['TWILIO_ACCOUNT_SID', 'TWILIO_API_SECRET', 'TWILIO_AUTH_TOKEN'].map((name) => settings[name]);
    const first = await startEmulator(dataDir);
    first.child.kill('SIGTERM');
    await first.exit;
    const second = await startEmulator(dataDir);
    expect(accountOf(second.settings)).toEqual(accountOf(first.settings));
    second.child.kill('SIGTERM');
    await second.exit;
    const dev = await startDev(dataDir);
    expect(accountOf(dev.settings)).toEqual(accountOf(first.settings));
  });

  it('says in one line what keeps it from starting, and the way out', async () => {
    const dataDir = await newDataDir();
    const port = await takePort();
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await runSotto(['twilio-emulator', '--data', dataDir, ...args]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      return stderr;
    };
    expect(await run('--port', String(port))).toBe(
      `sotto: port ${port} is in use; stop what runs there or choose another: sotto twilio-emulator --port 0 (cli/port-in-use)\n`,
    );
    expect(await run('--host', '0.0.0.0')).toMatch(
      /^sotto: the emulator is for this machine alone; --allow-remote .*\n$/,
    );
    await startEmulator(dataDir);
    expect(await run('--port', '0')).toMatch(/^sotto: another emulator uses the data folder; .*--data DIR.*\n$/);
  });
});
