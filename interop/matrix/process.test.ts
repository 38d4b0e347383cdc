import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Official, startOfficial } from './official.ts';
import { startLibrary } from './process.ts';
import { RELEASES } from './releases.ts';

const tooShort = new Uint8Array(31);
const longEnough = new Uint8Array(32);

describe.each(RELEASES)('the process of virgil-crypto %s', (release) => {
  let official: Official;

  beforeAll(async () => {
    official = await startOfficial(release);
  });

  afterAll(async () => {
    await official.close();
  });

  it('tells what the library throws from what ends its module', async () => {
    await expect(official.readPublicKey({ bytes: Uint8Array.of(1) })).rejects.toMatchObject({ isAbort: false });
    await expect(official.keyFromMaterial({ material: tooShort, type: 'ED25519' })).rejects.toMatchObject({
      isAbort: true,
    });
  });

  it('answers all calls in spite of aborts among them', async () => {
    const materials = Array.from({ length: 12 }, (_, index) => (index % 3 === 1 ? tooShort : longEnough));
    const outcomes = await Promise.allSettled(
      materials.map((material) => official.keyFromMaterial({ material, type: 'ED25519' })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(
      materials.map((material) => (material === tooShort ? 'rejected' : 'fulfilled')),
    );
  });
});

it('says what the library wrote when it does not start', async () => {
  await expect(startLibrary(join(tmpdir(), 'nothing-is-installed-here'))).rejects.toThrow(
    /Cannot find module 'virgil-crypto'/,
  );
});
