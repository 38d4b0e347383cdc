/**
 * What the service was sent, and whether a secret is in it. A secret is looked for as bytes and as hex, in the request
 * and in everything that is base64 inside it, however deep.
 */
import { importPrivateKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import type { SeenRequest } from '@sotto/service';

export interface Witness {
  readonly note: (request: SeenRequest) => void;
  /** What was noted so far; nothing more is. */
  readonly conclude: () => readonly SeenRequest[];
}

export function createWitness(): Witness {
  const requests: SeenRequest[] = [];
  let isNoting = true;
  return {
    note: (request) => {
      if (isNoting) requests.push(request);
    },
    conclude: () => {
      isNoting = false;
      return requests;
    },
  };
}

export function holdsSecret({ path, headers, body }: SeenRequest, secret: Uint8Array): boolean {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const request = Buffer.from([path, ...Object.values(headers), body].join('\n'));
  for (const layer of layersOf(request)) {
    if (layer.includes(bytes) || layer.toString('latin1').toLowerCase().includes(hex)) return true;
  }
  return false;
}

/** The secret bytes of every Ed25519 key (PKCS#8, whose last 32 bytes they are) in what a key store holds. */
export async function privateKeysIn(value: Uint8Array): Promise<Uint8Array[]> {
  const secrets = [];
  for (const layer of layersOf(Buffer.from(value))) {
    const key = await importPrivateKey(nodeProvider, layer).catch(() => undefined);
    if (key?.type === 'ED25519') secrets.push(key.exportDer().slice(-32));
  }
  return secrets;
}

/** The bytes, and what every run of base64 in them stands for. Ends, since each layer is shorter than its run. */
function* layersOf(bytes: Buffer): Generator<Buffer> {
  yield bytes;
  for (const [run] of bytes.toString('latin1').matchAll(/[\w+/-]{16,}/g)) yield* layersOf(Buffer.from(run, 'base64'));
}
