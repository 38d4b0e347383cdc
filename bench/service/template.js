/** One user's card, backup and ratchet keys, made as a client makes them. All that fills a service is copies of them. */
import { randomBytes } from 'node:crypto';
import { bytesToBase64, generateKeyPair, issueCard, sign } from '@sotto/core';
import { encodeBackup, putKeyRing, sealKeyknoxValue, startHarden, startPythia } from '@sotto/core/backup';
import { nodeProvider } from '@sotto/core/node';

const IDENTITY = 'template';

export async function createTemplate() {
  const keyPair = await generateKeyPair(nodeProvider);
  const longTermKey = await makeRatchetKey();
  const signature = await sign(nodeProvider, keyPair.privateKey, Buffer.from(longTermKey, 'base64'));
  const [pythia, harden] = [
    await startPythia(nodeProvider, randomBytes(16)),
    await startHarden(nodeProvider, randomBytes(16)),
  ];
  return {
    identity: IDENTITY,
    card: await makeCard(IDENTITY, keyPair),
    backup: await makeBackup(keyPair),
    /** Of the same length. */
    nextBackup: await makeBackup(keyPair),
    signedKey: { public_key: longTermKey, signature: bytesToBase64(signature) },
    blindedPassword: pythia.request,
    blindedPoint: harden.request,
  };
}

/** A card as a client makes it for its registration. */
export async function makeCard(identity, keyPair) {
  const { privateKey } = keyPair ?? (await generateKeyPair(nodeProvider));
  return issueCard(nodeProvider, { identity, privateKey, createdAt: Math.floor(Date.now() / 1000) });
}

export async function makeRatchetKey() {
  const { publicKey } = await generateKeyPair(nodeProvider, 'CURVE25519');
  return bytesToBase64(publicKey.exportDer());
}

/** A key ring of one key, as `backupPrivateKey` stores it. */
async function makeBackup({ privateKey }) {
  const brainKey = await generateKeyPair(nodeProvider);
  const keyRing = { current: privateKey, former: [] };
  const entries = putKeyRing(new Map(), { name: IDENTITY, keyRing, now: Date.now() });
  const { meta, value } = await sealKeyknoxValue(nodeProvider, {
    plaintext: encodeBackup(entries),
    signer: brainKey.privateKey,
    recipients: [brainKey.publicKey],
  });
  return { meta: bytesToBase64(meta), value: bytesToBase64(value) };
}
