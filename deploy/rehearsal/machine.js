// A server as guides/operating.md begins with: a plain Debian, and the archive. Its service runs as the unit says, without systemd.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { packServer } from '../../tools/pack-server.js';
import { makeBase } from './base.js';
import { readAssignments, readUnit } from './unit.js';

/** In `folder`. Gives back where its root is, and the archive. */
export async function makeMachine(folder) {
  const machine = join(folder, 'machine');
  await makeBase(machine, { prefix: '/usr' });
  // Of a package that minbase leaves out.
  mkdirSync(join(machine, 'etc/systemd/system'), { recursive: true });
  const { archive } = await packServer(folder);
  return { machine, archive };
}

/** How the unit that is installed there has its service run: `command`, and as options for startInside what it is locked into. */
export function readService(machine, { port }) {
  const unit = readUnit(join(machine, 'etc/systemd/system/sotto.service'));
  const state = join('/var/lib', unit.StateDirectory[0]);
  const env = {
    ...Object.assign({}, ...unit.Environment.map(readAssignments)),
    ...parseEnv(readFileSync(join(machine, 'etc/sotto/sotto.env'), 'utf8')),
    SOTTO_PORT: String(port),
  };
  const locked = {
    env,
    ids: `${unit.User[0]}:${unit.Group[0]}`,
    binds: { [state]: join(machine, state) },
    readOnly: true,
    proc: 'hidepid=invisible,subset=pid',
  };
  return { unit, command: unit.ExecStart[0].split(' '), locked };
}
