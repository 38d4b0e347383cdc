/** Key and tweak of a user's brain keys as docs/spec/brain-key.md has them, for the official server library. */
import { createHash, hkdfSync } from 'node:crypto';
import { pythia } from './official.ts';

export function deriveByThePage(
  secret: Uint8Array,
  { application, identity, brainKeyId }: { application: string; identity: string; brainKeyId: string },
): { tweak: Buffer; transformationPrivateKey: Buffer } {
  const label = 'sotto-brain-key-v1';
  const info = `${label}\0application\0${application}`;
  const applicationSecret = Buffer.from(hkdfSync('sha512', secret, Buffer.alloc(0), Buffer.from(info), 32));
  const { privateKey } = pythia.computeTransformationKeyPair({
    transformationKeyId: Buffer.from('pythia'),
    pythiaSecret: applicationSecret,
    pythiaScopeSecret: Buffer.from(label),
  });
  const tweak = createHash('sha512').update(`${label}\0owner\0`);
  for (const field of [application, identity, brainKeyId].map((text) => Buffer.from(text))) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    tweak.update(length).update(field);
  }
  return { tweak: tweak.digest(), transformationPrivateKey: privateKey };
}
