import { describe, expect, it } from 'vitest';
import { startTwilioEmulator } from './index.ts';
import { ACCOUNT, startEmulator } from './test-kit.ts';

describe('the emulator', () => {
  it('says what it is for', async () => {
    const { url } = await startEmulator();
    expect(await (await fetch(url)).text()).toMatch(/never production; not Twilio/);
  });

  it('keeps to this machine, unless it is meant', async () => {
    const options = { accounts: [ACCOUNT], host: '0.0.0.0' };
    await expect(startTwilioEmulator(options)).rejects.toMatchObject({
      code: 'emulator/insecure-host',
      family: 'usage',
    });
    const { url } = await startEmulator({ host: '0.0.0.0', allowRemote: true });
    expect(url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
  });

  it('needs an account', async () => {
    await expect(startTwilioEmulator({ accounts: [] })).rejects.toMatchObject({ code: 'emulator/no-account' });
  });

  it('gives the error of the system where the port is taken', async () => {
    const { url } = await startEmulator();
    const port = Number(new URL(url).port);
    await expect(startTwilioEmulator({ accounts: [ACCOUNT], port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('keeps accounts apart', async () => {
    const other = {
      ...ACCOUNT,
      accountSid: `AC${'1'.repeat(32)}`,
      apiKey: `SK${'2'.repeat(32)}`,
      serviceSid: `IS${'3'.repeat(32)}`,
    };
    const { url, accounts } = await startEmulator({ accounts: [ACCOUNT, { ...other, authToken: 'its own' }] });
    const list = async (index: number) => {
      const { accountSid, authToken } = accounts[index]!;
      const headers = { Authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` };
      return {
        headers,
        ...((await (await fetch(`${url}/v1/Conversations`, { headers })).json()) as { conversations: [] }),
      };
    };
    const { headers } = await list(0);
    await fetch(`${url}/v1/Conversations`, { method: 'POST', headers });
    expect((await list(0)).conversations).toHaveLength(1);
    expect((await list(1)).conversations).toHaveLength(0);
    expect((await fetch(`${url}/v1/Services/${other.serviceSid}`, { headers })).status).toBe(404);
  });

  it('lets pages of other origins in', async () => {
    const { url } = await startEmulator();
    const response = await fetch(`${url}/v1/Services/${ACCOUNT.serviceSid}/Media`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'http://localhost:5173',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'x-twilio-token,content-type',
      },
    });
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(response.headers.get('Access-Control-Allow-Headers')).toMatch(/X-Twilio-Token/);
  });

  it('refuses bodies that are too large', async () => {
    const { url, accounts } = await startEmulator();
    const response = await fetch(`${url}/v1/Conversations`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa(`${accounts[0]!.accountSid}:${accounts[0]!.authToken}`)}` },
      body: 'x'.repeat(1024 * 1024 + 1),
    });
    expect([response.status, ((await response.json()) as { code: number }).code]).toEqual([400, 20001]);
  });
});
