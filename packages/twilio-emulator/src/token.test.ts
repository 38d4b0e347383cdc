import fc from 'fast-check';
import { expect, it } from 'vitest';
import { completeAccount } from './accounts.ts';
import { TwilioRefusal } from './errors.ts';
import { ACCOUNT, createToken } from './test-kit.ts';
import { createTokenChecker } from './token.ts';

const account = completeAccount(ACCOUNT);
const checker = createTokenChecker({ accounts: [account], clock: Date.now, maxIdentityCharacters: 256 });

it('tells whose a good token is', async () => {
  const issuedAt = Math.floor(Date.now() / 1000);
  const token = await createToken({ identity: 'bob', issuedAt, ttlSeconds: 60 });
  expect(await checker.check(token)).toEqual({ identity: 'bob', account, token, expiresAt: issuedAt + 60 });
});

it('refuses a name that is too long, and a token without an end', async () => {
  await expect(checker.check(await createToken({ identity: 'x'.repeat(257) }))).rejects.toMatchObject({ code: 20106 });
  await expect(checker.check(await createToken({ claims: { exp: undefined } }))).rejects.toMatchObject({ code: 20104 });
});

it('refuses anything else by a number of its own, with 401', async () => {
  const good = await createToken();
  const damaged = fc
    .tuple(fc.nat(good.length - 1), fc.constantFrom('A', '.', '%'))
    .map(([at, letter]) => good.slice(0, at) + letter + good.slice(at + 1))
    .filter((token) => token !== good);
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.anything(), damaged), async (token) => {
      const error: unknown = await checker.check(token).then(
        // The last letter has two bits that count for nothing.
        ({ token: taken }) => expect(taken.slice(0, -1)).toBe(good.slice(0, -1)),
        (reason: unknown) => reason,
      );
      if (error === undefined) return;
      expect(error).toBeInstanceOf(TwilioRefusal);
      expect((error as TwilioRefusal).status).toBe(401);
    }),
  );
});
