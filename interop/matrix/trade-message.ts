/** One message: what one side writes the other reads, and it is the text that went in. */
import { envelopeMode, type PrivateKey } from '@sotto/core';
import { contentOf, expectSame } from './content.ts';
import type { KeyRing, SharedKey } from './keys.ts';
import type { MessageCase } from './matrices.ts';
import type { Official } from './official.ts';
import { openOurs, openOursDetached, PROVIDERS, sealOurs, sealOursDetached } from './ours.ts';

export async function tradeMessage(official: Official, ring: KeyRing, traded: MessageCase): Promise<void> {
  const { writer, mode, padding, identifiers, form } = traded;
  const provider = PROVIDERS[traded.provider];
  const ours = (key: SharedKey): PrivateKey => key.ours[traded.provider]!;
  const plaintext = contentOf(traded);
  const reader = ring.keyOf(traded.reader);
  const signer = traded.signer === 'nobody' ? undefined : ring.keyOf(traded.signer);
  const recipients = recipientsOf(traded, reader, ring);
  // Several senders could have written it, and which of them did is up to the reader to find out.
  const senders = signer ? [ring.others[1]!, signer] : [];

  const theirWriting = {
    signer: signer?.privateDer,
    recipients: recipients.map((key) => key.publicDer),
    padding,
    identifiers,
    plaintext,
  };
  const ourWriting = {
    mode,
    signer: signer && ours(signer),
    recipients: recipients.map((key) => ours(key).publicKey),
    padding,
    identifiers,
    plaintext,
  };
  const theirReading = { key: reader.privateDer, signers: senders.map((key) => key.publicDer), identifiers };
  const ourReading = { mode, key: ours(reader), signers: senders.map((key) => ours(key).publicKey) };

  if (form === 'detached') {
    const read =
      writer === 'official'
        ? await openOursDetached(provider, { ...ourReading, ...(await official.sealDetached(theirWriting)) })
        : await official.openDetached({ ...theirReading, ...(await sealOursDetached(provider, ourWriting)) });
    return expectSame(read, plaintext);
  }
  const message =
    writer === 'official' ? await official.seal({ ...theirWriting, mode }) : await sealOurs(provider, ourWriting);
  if (envelopeMode(message) !== mode) throw new Error(`it looks like ${envelopeMode(message)}`);
  const read =
    writer === 'official'
      ? await openOurs(provider, { ...ourReading, message })
      : await official.open({ ...theirReading, mode, message });
  expectSame(read, plaintext);
}

function recipientsOf({ recipients }: MessageCase, reader: SharedKey, { others }: KeyRing): readonly SharedKey[] {
  switch (recipients) {
    case 'one':
      return [reader];
    case 'two':
      return [others.find((other) => other.type !== reader.type)!, reader];
    case 'twenty':
      return [...others.slice(0, 9), reader, ...others.slice(9, 19)];
    case 'one twice':
      return [reader, reader];
  }
}
