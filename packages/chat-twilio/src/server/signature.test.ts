import fc from 'fast-check';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { isSigned } from './signature.ts';

const authToken = 'the auth token of the account';
const url = 'https://app.example/guard?tenant=1';
const { getExpectedTwilioSignature, getExpectedBodyHash } = twilio;

function formOf(fields: Readonly<Record<string, string | string[]>>): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) form.append(name, one);
  return form.toString();
}

describe('the signature of a webhook', () => {
  const fields = { EventType: 'onMessageAdd', Body: 'sotto1:AAAA', Author: 'alice', Attributes: '{}' };
  const body = formOf(fields);
  const signature = getExpectedTwilioSignature(authToken, url, fields);

  it("is taken as Twilio's own library makes it", () => {
    expect(isSigned({ url, signature, body, isForm: true }, [authToken])).toBe(true);
  });

  it('is taken under either token while one is replaced', () => {
    expect(isSigned({ url, signature, body, isForm: true }, ['the next one', authToken])).toBe(true);
  });

  it('is refused under another token, for another address, body, or value', () => {
    expect(isSigned({ url, signature, body, isForm: true }, ['another'])).toBe(false);
    expect(isSigned({ url: `${url}2`, signature, body, isForm: true }, [authToken])).toBe(false);
    expect(isSigned({ url, signature, body: `${body}&More=1`, isForm: true }, [authToken])).toBe(false);
    expect(isSigned({ url, signature: '', body, isForm: true }, [authToken])).toBe(false);
    expect(isSigned({ url, signature: `${signature}=`, body, isForm: true }, [authToken])).toBe(false);
  });

  it('is taken whether or not the usual port is written into the address', () => {
    for (const written of ['https://app.example:443/guard?tenant=1', url]) {
      const made = getExpectedTwilioSignature(authToken, written, fields);
      expect(isSigned({ url, signature: made, body, isForm: true }, [authToken])).toBe(true);
    }
    const elsewhere = getExpectedTwilioSignature(authToken, 'https://app.example:8443/guard?tenant=1', fields);
    expect(isSigned({ url, signature: elsewhere, body, isForm: true }, [authToken])).toBe(false);
  });

  it('of JSON covers the body by a hash in the address', () => {
    const json = JSON.stringify(fields);
    const called = `${url}&bodySHA256=${getExpectedBodyHash(json)}`;
    const made = getExpectedTwilioSignature(authToken, called, {});
    expect(isSigned({ url: called, signature: made, body: json, isForm: false }, [authToken])).toBe(true);
    expect(isSigned({ url: called, signature: made, body: `${json} `, isForm: false }, [authToken])).toBe(false);
    const bare = getExpectedTwilioSignature(authToken, url, {});
    expect(isSigned({ url, signature: bare, body: json, isForm: false }, [authToken])).toBe(false);
  });

  it("of any fields has the verdict of Twilio's own library", () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 20 });
    const anyFields = fc.dictionary(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
      fc.oneof(texts, fc.array(texts, { minLength: 1, maxLength: 3 })),
      { maxKeys: 8 },
    );
    fc.assert(
      fc.property(anyFields, fc.boolean(), (some, isRight) => {
        const made = getExpectedTwilioSignature(isRight ? authToken : 'another', url, some);
        const ours = isSigned({ url, signature: made, body: formOf(some), isForm: true }, [authToken]);
        expect(ours).toBe(twilio.validateRequest(authToken, made, url, some));
        expect(ours).toBe(isRight);
      }),
    );
  });
});
