/** The official client with somebody in between: an attacker who swaps cards, and a network that fails. */
import { changeJson, type EvilProxy, type Meddle, startEvilProxy } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let proxy: EvilProxy;

beforeAll(async () => {
  stage = await openStage({ standBefore: async (url) => (proxy = await startEvilProxy(url)) });
});

afterEach(() => {
  proxy.meddle = undefined;
});

afterAll(() => stage.close());

describe('a card that an attacker puts in place of the right one', () => {
  interface RawCard {
    readonly content_snapshot: string;
    readonly signatures: readonly { readonly signer: string }[];
  }

  /** Other bytes under the signatures of the right card. */
  const forge: Meddle = async (_request, forward) =>
    changeJson<RawCard[]>(await forward(), (cards) =>
      cards.map(({ content_snapshot, signatures }) => {
        const content = JSON.parse(Buffer.from(content_snapshot, 'base64').toString()) as object;
        const forged = JSON.stringify({ ...content, created_at: 1 });
        return { content_snapshot: Buffer.from(forged).toString('base64'), signatures };
      }),
    );

  it('is believed by the official client as it is over a URL of one’s own', async () => {
    await stage.registerOurs('alice');
    const trusting = await stage.officials.open('trusting', { verifies: false });
    proxy.meddle = forge;
    expect((await trusting.findUsers('alice')).createdAt).toEqual(new Date(1000));
  });

  it('is refused once an app gives it a verifier with the key of our service', async () => {
    await stage.registerOurs('bob');
    const careful = await stage.officials.open('careful');
    expect(await careful.findUsers('bob')).toMatchObject({ identity: 'bob' });
    proxy.meddle = forge;
    await expect(careful.findUsers('bob')).rejects.toMatchObject({ name: 'CardVerificationError' });
  });
});

describe('the official client asks once, and leaves it to the app to try again', () => {
  it.each<[string, Meddle]>([
    ['after 500 without JSON', () => ({ status: 500, body: '<html>' })],
    ['after 503', () => ({ status: 503, body: '{"code":70011,"message":"Try again."}' })],
    ['after a connection that was cut', () => 'cut'],
  ])('%s', async (name, meddle) => {
    const device = await stage.officials.open(name.replaceAll(' ', '-'));
    proxy.meddle = meddle;
    const before = proxy.seen.length;
    await expect(device.findUsers('anybody')).rejects.toThrow();
    expect(proxy.seen.length - before).toBe(1);
  });

  it('and who lost the answer to a publish has a card without a key, until it takes a new one', async () => {
    const carol = await stage.officials.open('carol');
    proxy.meddle = async ({ path }, forward) => {
      const answer = await forward();
      return path === '/card/v5' ? 'cut' : answer;
    };
    await expect(carol.register()).rejects.toThrow();
    proxy.meddle = undefined;
    await expect(carol.register()).rejects.toMatchObject({ name: 'IdentityAlreadyExistsError' });
    expect(await carol.hasLocalPrivateKey()).toBe(false);
    await carol.rotatePrivateKey();
    expect(await carol.findUsers('carol')).toMatchObject({ previousCard: { isOutdated: true } });
  });
});
