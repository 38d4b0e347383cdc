/** The official client for browsers as a user of our service at another origin: what a page can see of it is a matter of CORS. */
import { createTokenIssuer } from '@sotto/auth';
import { nodeProvider } from '@sotto/core/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type OfficialClient, type OfficialPage, openOfficialPage } from './official-page.ts';

declare global {
  var pia: OfficialClient;
}

const HOUR = 60 * 60;

let opened: OfficialPage;

beforeAll(async () => {
  opened = await openOfficialPage();
});
afterAll(() => opened.stage.close());
afterEach(() => {
  // Chromium notes each refusal by itself.
  const isExpected = (text: string) =>
    /^Failed to load resource: the server responded with a status of 4\d\d /.test(text);
  expect(opened.tab.complaints.splice(0).filter((text) => !isExpected(text))).toEqual([]);
});

describe('a card of the official client in Chromium', () => {
  it('is seen with its past, which a header of another origin tells of', async () => {
    const seen = await opened.tab.page.evaluate(async () => {
      globalThis.pia = await openOfficial('pia');
      await pia.register();
      const first = await pia.findUsers('pia');
      for (let time = 0; time < 2; time++) {
        await pia.cleanup();
        await pia.rotatePrivateKey();
      }
      const third = await pia.findUsers('pia');
      const ids = [first.id, third.previousCard!.id, third.previousCard!.previousCard!.id, third.id];
      const outdated: boolean[] = [];
      for (const id of ids) outdated.push((await pia.cardManager.getCard(id)).isOutdated);
      return { ids, outdated };
    });
    const [first, second, oldest] = seen.ids;
    expect(oldest).toBe(first);
    expect(second).not.toBe(first);
    expect(seen.outdated).toEqual([true, true, true, false]);
  });

  it('is gone with its whole chain once the middle one is revoked, and is got as outdated still', async () => {
    const seen = await opened.tab.page.evaluate(async () => {
      const { id, previousCard } = await pia.findUsers('pia');
      await pia.cardManager.revokeCard(previousCard!.id);
      await pia.cleanup();
      return {
        found: await pia.cardManager.searchCards('pia'),
        isOutdated: (await pia.cardManager.getCard(id)).isOutdated,
        rotated: await outcomeOf(pia.rotatePrivateKey()),
        registered: await outcomeOf(pia.register()),
      };
    });
    expect(seen).toEqual({
      found: [],
      isOutdated: true,
      rotated: expect.objectContaining({ name: 'RegisterRequiredError' }),
      registered: undefined,
    });
  });

  it('leaves nothing to find after its user has left', async () => {
    const found = await opened.tab.page.evaluate(async () => {
      await pia.unregister();
      return pia.cardManager.searchCards('pia');
    });
    expect(found).toEqual([]);
  });
});

describe('a page of another origin reads why it was refused', () => {
  it('by the official client: status and code', async () => {
    const outcomes = await opened.tab.page.evaluate(async () => {
      const quinn = await openOfficial('quinn');
      const rita = await openOfficial('rita');
      await rita.register();
      const { id } = await rita.findUsers('rita');
      return [
        await outcomeOf(quinn.cardManager.getCard('ab'.repeat(32))),
        await outcomeOf(quinn.cardManager.revokeCard(id)),
        await outcomeOf(quinn.cardManager.searchCards(new Array<string>(1001).fill('quinn'))),
      ];
    });
    expect(outcomes).toMatchObject([
      { httpStatus: 404, errorCode: 10001 },
      { httpStatus: 400, errorCode: 40032 },
      { httpStatus: 400, errorCode: 70009 },
    ]);
  });

  it('by fetch: a path that is none, a token that is none, and a body that is still being sent when it is refused', async () => {
    const token = await opened.stage.world.app.issuer.issue('sam');
    const answers = await opened.tab.page.evaluate(
      async ({ apiUrl, authorization }) => {
        const ask = async (path: string, init: RequestInit) => {
          const response = await fetch(apiUrl + path, { method: 'POST', ...init });
          return [response.status, ((await response.json()) as { code: number }).code];
        };
        const headers = { Authorization: authorization, 'Content-Type': 'application/json' };
        return [
          await ask('/no/such', { headers }),
          await ask('/card/v5/actions/search', { body: '{}' }),
          await ask('/card/v5/actions/search', { headers: { Authorization: 'Virgil garbage' }, body: '{}' }),
          await ask('/card/v5/actions/search', { headers, body: new Uint8Array(24 * 1024 * 1024) }),
        ];
      },
      { apiUrl: opened.stage.addresses.apiUrl, authorization: `Virgil ${token}` },
    );
    expect(answers).toEqual([
      [404, 70000],
      [401, 20300],
      [400, 20303],
      [413, 70006],
    ]);
  });
});

describe('an expired token', () => {
  /** Opens a client whose app keeps an expired token, and has a better one only if it `renews`. */
  async function searchWith({ identity, renews }: { identity: string; renews: boolean }) {
    const { issuer, ...app } = opened.stage.world.app;
    const past = createTokenIssuer({ provider: nodeProvider, ...app, now: () => Date.now() - HOUR * 1000 });
    const tokens = { kept: await past.issue(identity), fresh: await issuer.issue(identity) };
    return opened.tab.page.evaluate(
      async ({ name, kept, fresh, isRenewed }) => {
        const reloads: boolean[] = [];
        const accessTokenProvider = {
          async getToken({ forceReload }: { forceReload?: boolean }) {
            reloads.push(forceReload === true);
            const text = forceReload && isRenewed ? fresh : kept;
            return { identity: () => name, toString: () => text };
          },
        };
        const client = await openOfficial(name, { accessTokenProvider });
        reloads.length = 0;
        return { outcome: await outcomeOf(client.cardManager.searchCards(name)), reloads };
      },
      { name: identity, ...tokens, isRenewed: renews },
    );
  }

  it('is renewed once, since the page can read that it has expired', async () => {
    expect(await searchWith({ identity: 'tara', renews: true })).toEqual({ outcome: [], reloads: [false, true] });
  });

  it('is reported with status and code where there is no better one', async () => {
    const { outcome, reloads } = await searchWith({ identity: 'ugo', renews: false });
    expect(outcome).toMatchObject({ httpStatus: 401, errorCode: 20304 });
    expect(reloads).toEqual([false, true]);
  });
});
