/** One message, which the official library writes or reads as a stream, and we whole. */
import { parseMessageInfo } from '@sotto/core';
import { describeCase } from './cases.ts';
import { contentOf, expectSame } from './content.ts';
import type { KeyRing } from './keys.ts';
import type { StreamCase } from './matrices.ts';
import type { Official } from './official.ts';
import { openOurs, PROVIDERS, sealOurs } from './ours.ts';
import { cutAt, cutRandomly, cutSingly } from './pieces.ts';

export async function tradeStream(official: Official, ring: KeyRing, traded: StreamCase): Promise<void> {
  const { writer, mode, padding } = traded;
  const provider = PROVIDERS.node;
  const plaintext = contentOf(traded);
  const reader = ring.keyOf(traded.reader);
  const signer = traded.signer === 'nobody' ? undefined : ring.keyOf(traded.signer);
  const identifiers = 'sha512';
  const readerKey = reader.ours.node!;

  if (writer === 'official') {
    const message = await official.sealStream({
      mode,
      pieces: cut(traded, plaintext, [1, plaintext.length - 1]),
      signer: signer?.privateDer,
      recipients: [reader.publicDer],
      padding,
      identifiers,
    });
    // A stream of the older mode names no signer, so that its reader must know who it is.
    const signers = signer ? [signer.ours.node!.publicKey] : [];
    return expectSame(await openOurs(provider, { mode, message, key: readerKey, signers }), plaintext);
  }
  const message = await sealOurs(provider, {
    mode,
    plaintext,
    signer: signer?.ours.node,
    recipients: [readerKey.publicKey],
    padding,
  });
  const read = await official.openStream({
    mode,
    pieces: cut(traded, message, seamsOf(message)),
    key: reader.privateDer,
    signers: signer ? [signer.publicDer] : [],
    identifiers,
  });
  expectSame(read, plaintext);
}

function cut(traded: StreamCase, bytes: Uint8Array, seams: readonly number[]): Uint8Array[] {
  switch (traded.pieces) {
    case 'whole':
      return [bytes];
    case 'single bytes':
      return cutSingly(bytes);
    case 'at the seams':
      return cutAt(bytes, seams);
    case 'random':
      return cutRandomly(bytes, describeCase(traded));
  }
}

/** Where a message's parts meet: after the head, before and after the tag of the body, before the last tag. */
function seamsOf(message: Uint8Array): number[] {
  const { info, length } = parseMessageInfo(message);
  const bodyEnd = info.footer ? length + info.footer.dataSize + 16 : message.length;
  return [length, bodyEnd - 16, bodyEnd, message.length - 16];
}
