import { expect, it, vi } from 'vitest';
import { runSotto } from '../test-kit.ts';
import { newInstallation } from './test-kit.ts';

const KEY = /^[0-9a-f]{16} {2}MCowBQYDK2VwAyEA[\w+/]{43}=$/;

it('replaces the key of a service that runs, once the service holds the next one', async () => {
  const { dataDir, service } = await newInstallation();
  const run = async (command: string) => {
    const { code, stdout, stderr } = await runSotto(['service-key', command, '--data', dataDir]);
    return { code, lines: stdout.trimEnd().split('\n'), stderr };
  };
  const before = await run('show');
  expect(before.lines).toEqual([
    expect.stringMatching(/^signs {3}/),
    expect.stringMatching(/^node {4}.+, release 0\.1\.0, holds the service key$/),
  ]);
  expect(before.lines[0]).toContain(service.servicePublicKey);

  expect(await run('activate')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('(service-key/none-announced)') as string,
  });
  const announced = await run('announce');
  const [next] = announced.lines;
  expect(announced).toMatchObject({ code: 0, stderr: expect.stringContaining('service-key-next.pem') as string });
  expect(next).toMatch(KEY);
  expect(await run('activate')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('(service-key/not-everywhere)') as string,
  });

  service.reload();
  await vi.waitFor(async () => {
    const { lines } = await run('show');
    expect(lines.slice(1)).toEqual([`next    ${next}`, expect.stringMatching(/, holds the next key$/)]);
  }, 20_000);
  expect(await run('activate')).toMatchObject({ code: 0, lines: [next] });
  expect((await run('show')).lines).toEqual([`signs   ${next}`, expect.stringMatching(/, holds the service key$/)]);
});
