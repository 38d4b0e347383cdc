import { base64ToBytes, utf8ToBytes, verify } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { newWorkplace } from '../test-kit.ts';

describe('sotto sign and verify', () => {
  it('say who signed a file', async () => {
    const { run, path, keys } = await newWorkplace('alice', 'bob');
    await writeFile(path('release'), 'version 1');
    const { stdout: signature } = await run('sign --key alice.key --in release');
    const isCores = verify(
      nodeProvider,
      keys['alice']!.publicKey,
      utf8ToBytes('version 1'),
      base64ToBytes(signature.trim()),
    );
    expect(await isCores).toBe(true);

    await writeFile(path('release.sig'), signature);
    const check = 'verify --from alice.pub --signature release.sig';
    expect(await run(`${check} --in release`)).toEqual({
      code: 0,
      stdout: '',
      stderr: 'good signature by alice.pub\n',
    });
    expect(await run(`${check} --quiet`, 'version 1')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('end with 1 for another text or another signer, and with 2 where nothing could be checked', async () => {
    const { run, path } = await newWorkplace('alice', 'bob');
    await writeFile(path('release.sig'), (await run('sign --key alice.key', 'version 1')).stdout);
    await writeFile(path('no.sig'), 'AAAA');
    expect(await run('verify --from alice.pub --signature release.sig', 'version 2')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'sotto: not signed so by alice.pub; do not trust what was signed (cli/bad-signature)\n',
    });
    expect(await run('verify --from bob.pub --signature release.sig', 'version 1')).toMatchObject({ code: 1 });
    const none = await run('verify --from alice.pub --signature no.sig', 'version 1');
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('(signature/malformed)') });
    expect(await run('verify --from alice.pub --signature gone.sig', 'version 1')).toMatchObject({ code: 2 });
  });

  it('refuse a key that cannot sign', async () => {
    const { run } = await newWorkplace();
    await run('keygen --type CURVE25519 --out dave.key');
    expect(await run('sign --key dave.key', 'version 1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('(key/cannot-sign)'),
    });
  });
});
