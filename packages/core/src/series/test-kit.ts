/** Devices and readers for the tests of this folder. */
import { generateKeyPair } from '../keys/generate.ts';
import type { PrivateKey, PublicKey } from '../keys/key.ts';
import { nodeProvider } from '../provider/node.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { createSeriesReader, type SeriesReader, type SeriesReaderOptions } from './reader.ts';
import { createSealer, type Sealer, type SealerOptions } from './sealer.ts';

export interface TestUser {
  readonly key: PrivateKey;
  readonly publicKey: PublicKey;
}

export async function makeUser(): Promise<TestUser> {
  const { privateKey, publicKey } = await generateKeyPair(nodeProvider);
  return { key: privateKey, publicKey };
}

interface WithProvider {
  readonly provider?: CryptoProvider | undefined;
}

interface DeviceOptions extends Partial<SealerOptions>, WithProvider {
  /** Makes a checkpoint after so many readings, which is thrown away. */
  readonly every?: number | undefined;
  /** All randomness from this number, so that two devices have one session key. */
  readonly randomFrom?: number | undefined;
}

export async function makeDevice(
  device: TestUser,
  readers: readonly TestUser[],
  { provider = nodeProvider, every, randomFrom, ...options }: DeviceOptions = {},
): Promise<Sealer> {
  const sealer = await createSealer(randomFrom === undefined ? provider : twinOf(provider, randomFrom), {
    series: 'greenhouse/7',
    session: 1,
    signer: device.key,
    readers: readers.map(({ publicKey }) => publicKey),
    signatures: 'each',
    clock: () => 1_700_000_000_000,
    ...options,
  });
  if (every === undefined) return sealer;
  return {
    ...sealer,
    seal: async (reading) => {
      const frame = await sealer.seal(reading);
      if (sealer.unsigned === every) await sealer.checkpoint();
      return frame;
    },
  };
}

export function makeReader(
  reader: TestUser,
  device: TestUser,
  { provider = nodeProvider, ...options }: Partial<SeriesReaderOptions> & WithProvider = {},
): SeriesReader {
  return createSeriesReader(provider, {
    keys: [reader.key],
    signers: [device.publicKey],
    series: 'greenhouse/7',
    ...options,
  });
}

const starts = new Map<number, Promise<unknown>>();

/** The provider with fixed randomness and wrappings: what is sealed under one number has one start. */
function twinOf(provider: CryptoProvider, from: number): CryptoProvider {
  return {
    ...provider,
    randomBytes: (length) => new Uint8Array(length).fill(from),
    wrapKey: (contentKey, recipients) => {
      const made = starts.get(from) ?? provider.wrapKey(contentKey, recipients);
      starts.set(from, made);
      return made as ReturnType<CryptoProvider['wrapKey']>;
    },
  };
}
