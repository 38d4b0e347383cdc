import { bytesToBase64, generateKeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { describe, expect, it } from 'vitest';
import { readEnv, readTwilioAccount } from './env.ts';
import { createMadeUpTwilioAccount, isMadeUpTwilioSid } from './twilio.ts';

const { privateKey } = await generateKeyPair(nodeProvider);
const APP_KEY = bytesToBase64(privateKey.exportDer());
const app = { APP_ID: 'a1', APP_KEY_ID: 'b2', APP_KEY };
const twilio = {
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_API_KEY: `SK${'2'.repeat(32)}`,
  TWILIO_API_SECRET: 'secret',
  TWILIO_SERVICE_SID: `IS${'3'.repeat(32)}`,
};
const madeUp = createMadeUpTwilioAccount(nodeProvider);

describe('readEnv', () => {
  it("reads the names of Virgil's .env", async () => {
    const settings = await readEnv(nodeProvider, app);
    expect(settings).toEqual({ app: { appId: 'a1', appKeyId: 'b2', appKey: expect.anything() } });
    expect(settings.app.appKey.identifier).toEqual(privateKey.identifier);
  });

  it('reads an App Key in PEM, line ends escaped or not', async () => {
    const pem = `-----BEGIN PRIVATE KEY-----\n${APP_KEY}\n-----END PRIVATE KEY-----\n`;
    for (const text of [pem, pem.replaceAll('\n', '\\n')]) {
      const settings = await readEnv(nodeProvider, { ...app, APP_KEY: text });
      expect(settings.app.appKey.identifier).toEqual(privateKey.identifier);
    }
  });

  it('names every variable that is absent or empty', async () => {
    await expect(readEnv(nodeProvider, { APP_KEY_ID: 'b2', APP_KEY: ' ' })).rejects.toMatchObject({
      code: 'auth/missing-setting',
      details: { variables: ['APP_ID', 'APP_KEY'] },
      message: expect.stringContaining('APP_ID, APP_KEY.'),
    });
  });

  it('names APP_KEY when it is no private key, and does not repeat it', async () => {
    for (const bad of ['not base64!', APP_KEY.slice(0, 32), bytesToBase64(privateKey.publicKey.exportDer())]) {
      const error = await readEnv(nodeProvider, { ...app, APP_KEY: bad }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'auth/bad-setting', details: { variable: 'APP_KEY' } });
      expect(String(error)).not.toContain(bad);
    }
  });

  it('names APP_KEY when it is a key that cannot sign', async () => {
    const { privateKey: agreementKey } = await generateKeyPair(nodeProvider, 'CURVE25519');
    const env = { ...app, APP_KEY: bytesToBase64(agreementKey.exportDer()) };
    await expect(readEnv(nodeProvider, env)).rejects.toMatchObject({ details: { variable: 'APP_KEY' } });
  });

  it('reads the addresses and the Twilio account where they are set', async () => {
    const settings = await readEnv(nodeProvider, {
      ...app,
      ...twilio,
      API_URL: 'http://x',
      SERVICE_PUBLIC_KEY: 'MCow',
    });
    expect(settings).toMatchObject({ apiUrl: 'http://x', servicePublicKey: 'MCow', twilio: { apiSecret: 'secret' } });
  });
});

describe('readTwilioAccount', () => {
  it('gives nothing where nothing is set', () => {
    expect(readTwilioAccount({ TWILIO_API_KEY: '' })).toBeUndefined();
  });

  it('names what is missing of a half configured account', () => {
    const { TWILIO_API_SECRET: _, ...half } = twilio;
    expect(() => readTwilioAccount(half)).toThrow(
      expect.objectContaining({ code: 'auth/missing-setting', details: { variables: ['TWILIO_API_SECRET'] } }),
    );
  });

  it('names the variable that holds another kind of SID', () => {
    const swapped = { ...twilio, TWILIO_SERVICE_SID: twilio.TWILIO_API_KEY };
    expect(() => readTwilioAccount(swapped)).toThrow(
      expect.objectContaining({ code: 'auth/bad-setting', details: { variable: 'TWILIO_SERVICE_SID' } }),
    );
  });

  it('knows made-up credentials, and refuses to mix them with real ones', () => {
    expect(isMadeUpTwilioSid(madeUp.accountSid)).toBe(true);
    expect(isMadeUpTwilioSid(twilio.TWILIO_ACCOUNT_SID)).toBe(false);
    expect(() => readTwilioAccount({ ...twilio, TWILIO_ACCOUNT_SID: madeUp.accountSid })).toThrow(
      expect.objectContaining({ code: 'auth/bad-setting' }),
    );
  });

  it('makes up credentials in the shape of real ones, new each time', () => {
    expect(madeUp).toEqual({
      accountSid: expect.stringMatching(/^AC[0-9a-f]{32}$/),
      apiKey: expect.stringMatching(/^SK[0-9a-f]{32}$/),
      apiSecret: expect.stringMatching(/^[0-9a-f]{32}$/),
      serviceSid: expect.stringMatching(/^IS[0-9a-f]{32}$/),
    });
    expect(createMadeUpTwilioAccount(nodeProvider)).not.toEqual(madeUp);
  });
});
