import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { bytesToBase64Url } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { generateKeyPair } from '../keys/generate.ts';
import type { KeyPair, KeyType } from '../keys/key.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { sign } from '../signature/signature.ts';
import { type IssueTokenOptions, isExpired, issueToken, parseToken, verifyToken } from './token.ts';

const NOW = 1_700_000_000;
const HEADER = { alg: 'VEDS512', kid: 'key-1', typ: 'JWT', cty: 'virgil-jwt;v=1' };
const CLAIMS = { iss: 'virgil-app', sub: 'identity-alice', iat: NOW, exp: NOW + 1200 };
const withCode = (code: string) => expect.objectContaining({ code });

let appKey: KeyPair;
let otherKey: KeyPair;
let text: string;

beforeAll(async () => {
  [appKey, otherKey] = [await generateKeyPair(nodeProvider), await generateKeyPair(nodeProvider)];
  text = await issue();
});

function issue(options: Partial<IssueTokenOptions> = {}): Promise<string> {
  return issueToken(nodeProvider, {
    appId: 'app',
    appKeyId: 'key-1',
    appKey: appKey.privateKey,
    identity: 'alice',
    issuedAt: NOW,
    ttlSeconds: 1200,
    ...options,
  });
}

function partOf(value: unknown): string {
  return bytesToBase64Url(utf8ToBytes(typeof value === 'string' ? value : JSON.stringify(value)));
}

/** A token of any header and claims, with the signature of the App Key. */
async function forge(header: unknown, claims: unknown): Promise<string> {
  const signed = `${partOf(header)}.${partOf(claims)}`;
  return `${signed}.${bytesToBase64Url(await sign(nodeProvider, appKey.privateKey, utf8ToBytes(signed)))}`;
}

function check(token: string, { now = NOW, publicKey = appKey.publicKey, leewaySeconds = 0 } = {}): Promise<void> {
  return verifyToken(nodeProvider, parseToken(token), { publicKey, now, leewaySeconds });
}

describe('a token', () => {
  it('says who asks, for how long and by which key', () => {
    expect(parseToken(text)).toEqual({
      appId: 'app',
      appKeyId: 'key-1',
      identity: 'alice',
      issuedAt: NOW,
      expiresAt: NOW + 1200,
      additionalData: undefined,
      text,
    });
  });

  it('has the fields in the order of the official generators', () => {
    const [header, claims] = text.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(header).toBe(JSON.stringify(HEADER));
    expect(claims).toBe(JSON.stringify(CLAIMS));
  });

  it.each<KeyType>(['ED25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'])(
    'is signed by an App Key of type %s',
    async (type) => {
      const { privateKey, publicKey } = await generateKeyPair(nodeProvider, type);
      const token = parseToken(await issue({ appKey: privateKey }));
      for (const provider of [nodeProvider, nobleProvider]) {
        await expect(verifyToken(provider, token, { publicKey, now: NOW })).resolves.toBeUndefined();
        const attempt = verifyToken(provider, token, { publicKey: appKey.publicKey, now: NOW });
        await expect(attempt).rejects.toMatchObject({ code: 'token/bad-signature' });
      }
    },
  );

  it('is not signed by an App Key that only agrees on secrets', async () => {
    const { privateKey } = await generateKeyPair(nodeProvider, 'CURVE25519');
    await expect(issue({ appKey: privateKey })).rejects.toMatchObject({ code: 'key/cannot-sign' });
  });

  it('takes any identity and any data of the application', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({
          unit: fc.constantFrom('a', ' ', '.', '"', '\\', '\0', 'ü', '界', '😀'),
          minLength: 1,
          maxLength: 100,
        }),
        fc.dictionary(fc.string({ maxLength: 10 }), fc.string({ maxLength: 10 })),
        async (identity, additionalData) => {
          const token = await issue({ identity, additionalData });
          const parsed = parseToken(token);
          expect(parsed.identity).toBe(identity);
          expect(JSON.stringify(parsed.additionalData)).toBe(JSON.stringify(additionalData));
          await check(token);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is good up to its last second, and for a leeway after it', async () => {
    await check(text, { now: NOW + 1200 });
    await expect(check(text, { now: NOW + 1201 })).rejects.toMatchObject({ code: 'token/expired' });
    await check(text, { now: NOW + 1230, leewaySeconds: 30 });
    await expect(check(text, { now: NOW + 1231, leewaySeconds: 30 })).rejects.toMatchObject({ code: 'token/expired' });
    expect(isExpired(parseToken(text), NOW + 1200)).toBe(false);
    expect(isExpired(parseToken(text), NOW + 1201)).toBe(true);
  });

  it('that is expired and badly signed is badly signed', async () => {
    const attempt = check(text, { now: NOW + 9999, publicKey: otherKey.publicKey });
    await expect(attempt).rejects.toMatchObject({ code: 'token/bad-signature' });
  });

  it('is not good with other claims under the same signature', async () => {
    const [header, , signature] = text.split('.');
    const forged = `${header}.${partOf({ ...CLAIMS, sub: 'identity-mallory' })}.${signature}`;
    expect(parseToken(forged).identity).toBe('mallory');
    await expect(check(forged)).rejects.toMatchObject({ code: 'token/bad-signature' });
  });

  it('is not good with a signature that is empty or none', async () => {
    const signed = text.slice(0, text.lastIndexOf('.') + 1);
    for (const signature of ['', 'AAAA', bytesToBase64Url(new Uint8Array(83)), bytesToBase64Url(new Uint8Array(64))]) {
      await expect(check(signed + signature)).rejects.toMatchObject({ code: 'token/bad-signature' });
    }
  });
});

describe('a token header is refused', () => {
  it.each<[string, unknown]>([
    ['with alg none', { ...HEADER, alg: 'none' }],
    ['with another alg', { ...HEADER, alg: 'EdDSA' }],
    ['with alg in lower case', { ...HEADER, alg: 'veds512' }],
    ['with a list as alg', { ...HEADER, alg: ['VEDS512'] }],
    ['without alg', { ...HEADER, alg: undefined }],
    ['with another typ', { ...HEADER, typ: 'jwt' }],
    ['without typ', { ...HEADER, typ: undefined }],
    ['with another cty', { ...HEADER, cty: 'virgil-jwt;v=2' }],
    ['without cty', { ...HEADER, cty: undefined }],
    ['without kid', { ...HEADER, kid: undefined }],
    ['with an empty kid', { ...HEADER, kid: '' }],
    ['with a number as kid', { ...HEADER, kid: 7 }],
  ])('%s', async (_, header) => {
    const token = await forge(header, CLAIMS);
    expect(() => parseToken(token)).toThrow(withCode('token/wrong-header'));
  });
});

describe('token claims are refused', () => {
  it.each<[string, unknown]>([
    ['with a text as exp', { ...CLAIMS, exp: String(NOW + 1200) }],
    ['with a fraction as exp', { ...CLAIMS, exp: NOW + 0.5 }],
    ['with a negative exp', { ...CLAIMS, exp: -1 }],
    ['with an exp beyond all numbers', '{"iss":"virgil-app","sub":"identity-alice","iat":1,"exp":1e999}'],
    ['without exp', { ...CLAIMS, exp: undefined }],
    ['with null as exp', { ...CLAIMS, exp: null }],
    ['with a text as iat', { ...CLAIMS, iat: '1' }],
    ['with a fraction as iat', { ...CLAIMS, iat: 1.5 }],
    ['with a negative iat', { ...CLAIMS, iat: -1 }],
    ['without iat', { ...CLAIMS, iat: undefined }],
    ['with another prefix of iss', { ...CLAIMS, iss: 'sotto-app' }],
    ['with no prefix of iss', { ...CLAIMS, iss: 'app' }],
    ['with an empty application', { ...CLAIMS, iss: 'virgil-' }],
    ['without iss', { ...CLAIMS, iss: undefined }],
    ['with another prefix of sub', { ...CLAIMS, sub: 'Identity-alice' }],
    ['with an empty identity', { ...CLAIMS, sub: 'identity-' }],
    ['with a list as sub', { ...CLAIMS, sub: ['identity-alice'] }],
    ['without sub', { ...CLAIMS, sub: undefined }],
    ['with a text as ada', { ...CLAIMS, ada: 'data' }],
    ['with a list as ada', { ...CLAIMS, ada: [] }],
    ['with a number as ada', { ...CLAIMS, ada: 0 }],
  ])('%s', async (_, claims) => {
    const token = await forge(HEADER, claims);
    expect(() => parseToken(token)).toThrow(withCode('token/wrong-claims'));
  });

  it('but may have null as ada, and claims that are not known', async () => {
    expect(parseToken(await forge(HEADER, { ...CLAIMS, ada: null, nbf: 1 })).additionalData).toBeUndefined();
    expect(parseToken(await forge({ ...HEADER, extra: 1 }, { ...CLAIMS, ada: { deep: [1] } })).additionalData).toEqual({
      deep: [1],
    });
  });
});

describe('a text is no token', () => {
  it.each<[string, (text: string) => string]>([
    ['that is empty', () => ''],
    ['of one part', (token) => token.split('.')[0]!],
    ['of two parts', (token) => token.slice(0, token.lastIndexOf('.'))],
    ['with a dot at the end', (token) => `${token}.`],
    ['with a fourth part', (token) => `${token}.e30`],
    ['with a space at the end', (token) => `${token} `],
    ['with a line break at the end', (token) => `${token}\n`],
    ['with a space before it', (token) => ` ${token}`],
    ['with padding', (token) => `${token}==`],
    ['in plain base64', (token) => token.replace('.', '+.')],
    ['with a header that is not JSON', (token) => token.replace(/^[^.]+/, partOf('{'))],
    ['with a list as header', (token) => token.replace(/^[^.]+/, partOf([HEADER]))],
    ['with null as claims', (token) => token.replace(/\.[^.]+\./, `.${partOf(null)}.`)],
    ['with a number as claims', (token) => token.replace(/\.[^.]+\./, `.${partOf(1)}.`)],
    ['with empty claims', (token) => token.replace(/\.[^.]+\./, '..')],
    [
      'of more than 16 KiB',
      (token) => token.replace(/\.[^.]+\./, `.${partOf({ ...CLAIMS, ada: { long: 'x'.repeat(13_000) } })}.`),
    ],
  ])('%s', (_, change) => {
    expect(() => parseToken(change(text))).toThrow(withCode('token/malformed'));
  });

  it('quotes nothing of the token in its error', () => {
    const broken = Buffer.from('{"sub":identity-alice').toString('base64url');
    const attempt = (): unknown => parseToken(text.replace(/\.[^.]+\./, `.${broken}.`));
    expect(attempt).toThrow(withCode('token/malformed'));
    expect(attempt).not.toThrow(expect.objectContaining({ cause: expect.anything() }));
  });

  it('whose claims are Latin-1, as the official JavaScript generator writes them', () => {
    const latin1 = Buffer.from(JSON.stringify({ ...CLAIMS, sub: 'identity-Jürgen' }), 'latin1').toString('base64url');
    expect(() => parseToken(text.replace(/\.[^.]+\./, `.${latin1}.`))).toThrow(withCode('token/malformed'));
  });

  it('whatever it is: there is a code, and nothing is good but what was signed', async () => {
    const change = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.string({ unit: fc.constantFrom('.', 'e30', 'e', '-', '_', '=', ' ', 'A'), maxLength: 10 }),
      fc
        .tuple(fc.nat(text.length - 1), fc.string({ maxLength: 2 }), fc.nat(2))
        .map(([at, added, cut]) => text.slice(0, at) + added + text.slice(at + cut)),
      fc.tuple(fc.jsonValue(), fc.jsonValue()).map(([header, claims]) => `${partOf(header)}.${partOf(claims)}.AAAA`),
    );
    await fc.assert(
      fc.asyncProperty(change, async (candidate) => {
        try {
          await check(candidate);
          expect(candidate.slice(0, candidate.lastIndexOf('.'))).toBe(text.slice(0, text.lastIndexOf('.')));
        } catch (error) {
          if (!isSdkError(error)) throw error;
          expect(error.code).toMatch(/^token\//);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
