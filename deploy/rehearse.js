// npm run rehearse: builds the image of Containerfile and installs the archive on a plain Debian, without a container engine and without systemd,
// runs both as locked in as they say, and lives a day with each; then it types what the guides for operators say. It needs root, debootstrap, strace,
// systemd-analyze and PostgreSQL, and takes some minutes. `npm run rehearse -- 'the runbook'` does one of them.
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endInterrupted, onStopSignal } from '../tools/command.js';
import { run } from './rehearsal/base.js';
import { liveADay } from './rehearsal/day.js';
import { buildImage, makeVolumes, startContainer } from './rehearsal/image.js';
import { runInside, startInside } from './rehearsal/inside.js';
import { makeMachine, readService } from './rehearsal/machine.js';
import { rehearseRunbook } from './rehearsal/runbook.js';
import { allowedCalls, callsOf } from './rehearsal/unit.js';

const CACHE = join(tmpdir(), 'sotto-rehearsal-npm');
/** The second volume of compose.yaml. */
const BACKUPS = '/var/backups/sotto';

const rehearsals = [
  ['the container', rehearseContainer],
  ['a plain Debian', rehearseDebian],
  ['the runbook', (folder) => rehearseRunbook(folder, say)],
];

async function rehearseContainer(folder) {
  const image = await buildImage(folder, { cache: CACHE, say });
  const binds = await makeVolumes({ ...image, volumes: [...image.volumes, BACKUPS] }, folder);
  const env = { SOTTO_PORT: String(await findFreePort()) };
  say(`image: ${(await run('du', ['-sm', join(image.folder, 'opt/sotto')])).split('\t')[0]} MB beside Node and Debian`);
  // As `exec sotto sotto …` in a container: by the name on the path.
  const inside = (command) => startContainer(image, { binds, env, command });
  const sotto = async (...words) => {
    const { output, ended } = inside(['sotto', ...words]);
    strictEqual(await ended, 0, output());
    return output();
  };
  const isHealthy = () => inside(image.healthcheck).ended;
  await liveADay({
    start: () => startContainer(image, { binds, env }),
    sotto,
    async check() {
      strictEqual(await isHealthy(), 0);
      const [, publicKey] = (await sotto('keygen')).split('\n');
      writeFileSync(join(binds[BACKUPS], 'backup.pub'), publicKey);
      await sotto('backup', `${BACKUPS}/today.sotto`, '--for', `${BACKUPS}/backup.pub`);
    },
  });
  strictEqual(await isHealthy(), 1);
}

async function rehearseDebian(folder) {
  const { machine, archive } = await makeMachine(folder);
  await run('tar', ['-xzf', archive, '-C', join(machine, 'root')]);
  const install = { command: ['/bin/sh', '-c', '/root/sotto-*/deploy/install.sh'] };
  await runInside(machine, install);
  say((await runInside(machine, install)).trim().split('\n')[0]);
  const { unit, command, locked } = readService(machine, { port: await findFreePort() });
  const traces = [];
  const traced = () => [
    'strace',
    '-f',
    '-qq',
    '-s',
    '200',
    '-o',
    traces[traces.push(join(folder, `trace-${traces.length}`)) - 1],
  ];
  await liveADay({
    start: () => startInside(machine, { ...locked, command, wrap: traced() }),
    // By root, as with sudo.
    sotto: (...words) => runInside(machine, { command: ['sotto', ...words] }),
  });
  const { calls, families } = callsOf(readFileSync(traces[0], 'utf8'), command[0]);
  ok(calls.has('epoll_wait') || calls.has('epoll_pwait'), 'the trace has the calls of the service');
  const allowed = allowedCalls(unit.SystemCallFilter);
  const refused = [...calls].filter((call) => !allowed.has(call));
  say(`${calls.size} system calls; the unit would refuse: ${refused.join(', ') || 'none'}`);
  deepStrictEqual(refused, []);
  const known = new Set(unit.RestrictAddressFamilies[0].split(' '));
  deepStrictEqual(
    [...families].filter((family) => !known.has(family)),
    [],
  );
}

async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await once(server.close(), 'close');
  return port;
}

function say(line) {
  console.log(`  ${line}`);
}

onStopSignal(endInterrupted);
if (process.getuid?.() !== 0) {
  console.error('deploy/rehearse.js needs root, to mount and to change users.');
  process.exit(1);
}
mkdirSync(CACHE, { recursive: true });
const names = process.argv.slice(2);
let failed = 0;
for (const [name, rehearse] of rehearsals.filter(([name]) => names.length === 0 || names.includes(name))) {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-rehearsal-'));
  try {
    await rehearse(folder);
    console.log(`ok ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}\n${error.stack}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exitCode = failed > 0 ? 1 : 0;
