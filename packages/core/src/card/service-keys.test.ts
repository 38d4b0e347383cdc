import { beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '../keys/generate.ts';
import type { KeyPair } from '../keys/key.ts';
import { nodeProvider } from '../provider/node.ts';
import { sign } from '../signature/signature.ts';
import { followServiceKeys, type ServiceKeyLink, signServiceKey } from './service-keys.ts';

let pairs: KeyPair[];
let chain: ServiceKeyLink[];
const keyOf = (index: number) => pairs[index]!.publicKey;

beforeAll(async () => {
  pairs = [];
  for (let index = 0; index < 5; index++) pairs.push(await generateKeyPair(nodeProvider));
  chain = [{ publicKey: keyOf(0) }, await linkOf(0, 1), await linkOf(1, 2)];
});

async function linkOf(from: number, to: number): Promise<ServiceKeyLink> {
  return { publicKey: keyOf(to), signature: await signServiceKey(nodeProvider, pairs[from]!.privateKey, keyOf(to)) };
}

function follow(pinned: number, links = chain) {
  return followServiceKeys(nodeProvider, { pinned: keyOf(pinned), chain: links });
}

describe('a pinned service key', () => {
  it('leads to the newest key, whichever of the chain it is', async () => {
    for (const index of [0, 1, 2]) expect((await follow(index))?.exportDer()).toEqual(keyOf(2).exportDer());
    expect(await follow(0, [chain[0]!])).toBe(keyOf(0));
  });

  it('leads nowhere when the chain does not hold it', async () => {
    expect(await follow(3)).toBeUndefined();
    expect(await follow(0, [])).toBeUndefined();
    expect(await follow(0, chain.slice(1))).toBeUndefined();
  });

  it('leads nowhere over a link that is missing, foreign or bad', async () => {
    const { publicKey } = chain[2]!;
    const start = chain.slice(0, 2);
    const broken: ServiceKeyLink[] = [
      { publicKey },
      { publicKey, signature: new Uint8Array(0) },
      { publicKey, signature: new Uint8Array(83) },
      { publicKey, signature: chain[1]!.signature },
      await linkOf(3, 2),
      await linkOf(0, 2), // by the key before the one before
      { publicKey, signature: await sign(nodeProvider, pairs[1]!.privateKey, publicKey.exportDer()) }, // without context
    ];
    for (const link of broken) {
      expect(await follow(0, [...start, link])).toBeUndefined();
      expect(await follow(1, [...start, link])).toBeUndefined();
    }
  });

  it('leads nowhere when a later link is bad, though an earlier one is good', async () => {
    expect(await follow(0, [...chain, await linkOf(4, 3)])).toBeUndefined();
    expect(await follow(0, [chain[0]!, chain[2]!])).toBeUndefined();
  });

  it('does not mind what stands before it', async () => {
    const forged = [{ publicKey: keyOf(3) }, { publicKey: keyOf(1), signature: new Uint8Array(9) }, chain[2]!];
    expect((await follow(1, forged))?.exportDer()).toEqual(keyOf(2).exportDer());
  });
});
