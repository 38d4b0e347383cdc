/** The sessions of vectors/formats/series.json, read by every adapter. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesToUtf8 } from '../encoding/bytes.ts';
import { base64ToBytes, hexToBytes } from '../encoding/text.ts';
import { importPrivateKey } from '../keys/import-private.ts';
import { nobleProvider } from '../provider/noble.ts';
import { nodeProvider } from '../provider/node.ts';
import { createWebProvider } from '../provider/web.ts';
import { createSeriesReader, type SeriesEvent } from './reader.ts';

interface Vectors {
  readonly keys: { readonly device: string; readonly reader: string };
  readonly series: string;
  readonly at: number;
  readonly sessions: readonly {
    readonly signatures: 'each' | 'batch';
    readonly session: number;
    readonly readings: readonly string[];
    readonly frames: readonly string[];
  }[];
}

const file = new URL('../../../../vectors/formats/series.json', import.meta.url);
const { keys, series, at, sessions } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const providers = [nodeProvider, nobleProvider, await createWebProvider(globalThis.crypto)];

describe.each(providers.map((provider) => [provider.name, provider] as const))('the sessions, by %s', (_, provider) => {
  it('are read one after the other', async () => {
    const [device, key] = await Promise.all(
      [keys.device, keys.reader].map((text) => importPrivateKey(provider, base64ToBytes(text))),
    );
    const reader = createSeriesReader(provider, { keys: [key!], signers: [device!.publicKey], series });
    for (const { signatures, session, readings, frames } of sessions) {
      const events: SeriesEvent[] = [];
      for (const frame of frames) events.push(...(await reader.read(hexToBytes(frame))));
      const kind = signatures === 'each' ? 'reading' : 'unverifiedReading';
      const vouched = signatures === 'each' ? 'heartbeat' : 'verified';
      const kinds = [
        'started',
        kind,
        kind,
        kind,
        vouched,
        kind,
        ...(vouched === 'verified' ? [vouched] : []),
        'closed',
      ];
      expect(events.map((event) => event.kind)).toEqual(kinds);
      expect(events.flatMap((event) => ('data' in event ? bytesToUtf8(event.data) : []))).toEqual(readings);
      expect(events[0]).toMatchObject({ session, startedAt: new Date(at), wasCut: false, lostSessions: 0 });
      expect(events.at(-1)).toMatchObject({ session, next: 4, lost: 0 });
    }
  });
});
