/** One signature: good on the other side for its data, and for no other. */
import { concatBytes, sign, verify } from '@sotto/core';
import { describeCase } from './cases.ts';
import { contentOf } from './content.ts';
import type { KeyRing } from './keys.ts';
import type { SignatureCase } from './matrices.ts';
import type { Official } from './official.ts';
import { PROVIDERS } from './ours.ts';
import { cutRandomly } from './pieces.ts';

export async function tradeSignature(official: Official, ring: KeyRing, traded: SignatureCase): Promise<void> {
  const provider = PROVIDERS[traded.provider];
  const { privateDer, publicDer, ours } = ring.keyOf(traded.type);
  const key = ours[traded.provider]!;
  const data = contentOf(traded);
  const piecesOf = (bytes: Uint8Array) => cutRandomly(bytes, describeCase(traded));
  const isStream = traded.pieces === 'random';

  const signByOfficial = () =>
    isStream
      ? official.signStream({ key: privateDer, pieces: piecesOf(data) })
      : official.sign({ key: privateDer, data });
  const verifyByOfficial = (signed: Uint8Array, signature: Uint8Array) =>
    isStream
      ? official.verifyStream({ key: publicDer, pieces: piecesOf(signed), signature })
      : official.verify({ key: publicDer, data: signed, signature });

  const isOfficial = traded.writer === 'official';
  const signature = isOfficial ? await signByOfficial() : await sign(provider, key, data);
  const isGoodFor = (signed: Uint8Array) =>
    isOfficial ? verify(provider, key.publicKey, signed, signature) : verifyByOfficial(signed, signature);
  if (!(await isGoodFor(data))) throw new Error('not good');
  if (await isGoodFor(concatBytes(data, Uint8Array.of(0)))) throw new Error('good for other data');
}
