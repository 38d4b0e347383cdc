// The guides of an operator, typed on one machine in an order in which they could be needed. Each block of shell is typed as it stands there, but for
// the port and the day.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { findFreePort, startPostgres } from '@sotto/testing/postgres';
import pg from 'pg';
import { createClients } from './day.js';
import { startInside } from './inside.js';
import { makeMachine, readService } from './machine.js';
import { createTypist, openShells, prepareMachine, withInput } from './operator.js';
import { provideSystemctl } from './systemctl.js';

/** Blocks that are not typed, and why. */
const LEFT_OUT = [
  'operating.md, The first machine: npm ci && npm run pack:server', // in a checkout; the archive is made by the same script
  'operating.md, Several nodes: sudo tar -C /etc -c sotto', // these are for a second machine
  'operating.md, Rotating keys: sudo tar -C /etc/sotto -c secrets',
  'operating.md, Rotating keys: sudo tar -C /etc/sotto -c secrets',
];
/** In names of backups, on the pages. */
const DAY = '2026-11-29';
const BACKUPS = 'var/backups/sotto';
const SECRETS = '/etc/sotto/secrets';

export async function rehearseRunbook(folder, say) {
  const port = await findFreePort();
  const { machine, archive } = await makeMachine(folder);
  await prepareMachine(machine, { archive, port });
  const systemctl = await provideSystemctl(machine, () => {
    const { command, locked } = readService(machine, { port });
    return startInside(machine, { ...locked, command });
  });
  const postgres = await startPostgres();
  const names = { 8080: String(port) };
  const { type, untyped } = createTypist(names);
  const place = { ...openShells(machine, folder), type, machine, names, port, postgres };
  try {
    for (const chapter of [install, backUp, restoreAfterRotation, restoreSecret, upgrade, move, restoreIntoPostgres]) {
      Object.assign(place, await chapter(place));
      say(chapter.name);
    }
    deepStrictEqual(untyped(), LEFT_OUT);
  } catch (error) {
    throw new Error(`${error.message}\nThe service said:\n${systemctl.output()}`, { cause: error });
  } finally {
    await systemctl.close();
    await postgres.close();
  }
}

/** Gives back a function that sees whether users who were there are found. */
async function install({ server, type, machine, port }) {
  await type(server, 'operating.md', 'The first machine', 1);
  const openClient = await createClients(parseEnv(readFileSync(join(machine, 'home/dave/backend.env'), 'utf8')));
  const openUser = async (identity) => {
    const client = await openClient(identity, `http://127.0.0.1:${port}`);
    await client.register();
    return client;
  };
  const published = await (await openUser('alice')).findUsers('alice');
  const expectAlice = async () => {
    const bob = await openUser(`bob-${randomBytes(4).toString('hex')}`);
    strictEqual((await bob.findUsers('alice')).id, published.id);
  };
  return { expectAlice };
}

async function backUp(place) {
  const { server, desk, type, machine, names } = place;
  await type(desk, 'backups.md', 'Make one');
  await type(server, 'backups.md', 'Make one', 1);
  names[DAY] = nameBackup(machine, '.sotto');
  await type(server, 'backups.md', 'Every night');
  await server(`sudo -u sotto touch -d '40 days ago' /${BACKUPS}/old.sotto`);
  const [, night] = /^0 3 \* \* \* sotto (.+)$/m.exec(readFileSync(join(machine, 'etc/cron.d/sotto-backup'), 'utf8'));
  await server(`sudo -u sotto sh -c ${JSON.stringify(night).replaceAll('$', '\\$')}`);
  ok(!existsSync(join(machine, BACKUPS, 'old.sotto')));
  await verifyBackup(place);
}

/** The backup is from before it, the secrets are from after it. */
async function restoreAfterRotation(place) {
  const { server, type, expectAlice } = place;
  await replaceServiceKey(place);
  await bringBackup(place);
  for (const index of [0, 1]) await type(server, 'backups.md', 'One machine', index);
  match(await type(server, 'backups.md', 'One machine', 2), /a later one than that of the backup, and stays/);
  await expectAlice();
}

async function restoreSecret(place) {
  const { server, type } = place;
  await server('sudo rm /var/lib/sotto/secrets/brain-key-secret');
  await bringBackup(place);
  await type(server, 'backups.md', 'The secrets alone');
  await server('sudo sotto doctor');
}

/** To what calls itself the next version, and back. */
async function upgrade({ server, type, machine, expectAlice }) {
  await server('mv sotto-0.1.0 sotto-0.2.0 && tar -czf sotto-0.2.0-linux-x64.tgz sotto-0.2.0 && rm -r sotto-0.2.0');
  for (const [index, version] of ['0.2.0', '0.1.0'].entries()) {
    await type(server, 'operating.md', 'Upgrades', index);
    strictEqual(readlinkSync(join(machine, 'opt/sotto/current')), version);
    await expectAlice();
  }
}

/** To PostgreSQL, where the service key is replaced too. */
async function move(place) {
  const { server, type, postgres, expectAlice } = place;
  const heading = 'From SQLite to PostgreSQL';
  await type(server, 'operating.md', heading);
  await type(withInput(server, await makeDatabase(postgres)), 'operating.md', heading, 1);
  match(await type(server, 'operating.md', heading, 2), /both are equal/);
  await type(server, 'operating.md', heading, 3);
  await expectAlice();
  match(await server(`sudo stat -c '%U %a' ${SECRETS} ${SECRETS}/database-url`), /^sotto 700\nsotto 600$/m);
  await replaceServiceKey(place);
}

async function restoreIntoPostgres(place) {
  const { server, type, machine, names, postgres, expectAlice } = place;
  names[DAY] = nameBackup(machine, '-new-key.sotto');
  await verifyBackup(place);
  await bringBackup(place);
  await type(server, 'backups.md', 'PostgreSQL');
  const writeUrl = `sudo install -m 0600 -o sotto -g sotto /dev/stdin ${SECRETS}/database-url`;
  await withInput(server, await makeDatabase(postgres))(writeUrl);
  match(await type(server, 'backups.md', 'PostgreSQL', 1), /restored the state of /);
  await type(server, 'backups.md', 'PostgreSQL', 2);
  await expectAlice();
  match(await server('sudo sotto status'), /^restored/m);
}

async function verifyBackup({ server, desk, type }) {
  await type(server, 'backups.md', 'Is it good?');
  match(await type(desk, 'backups.md', 'Is it good?', 1), /good backup of /);
}

async function bringBackup({ server, desk, type }) {
  await type(desk, 'backups.md', 'Put it back');
  await type(server, 'backups.md', 'Put it back', 1);
}

/** Line by line, since a node looks into its files only now and then. */
async function replaceServiceKey({ server, type, expectAlice }) {
  const until = Date.now() + 60_000;
  const shell = async (block) => {
    for (const line of block.trim().split('\n')) {
      let output = await server(line);
      while (line.includes('service-key show') && !output.includes('holds the next key')) {
        ok(Date.now() < until, `the service does not find the next key:\n${output}`);
        output = await server(line);
      }
    }
  };
  await type(shell, 'operating.md', 'Rotating keys');
  await expectAlice();
}

/** The file that ends so, without `.sotto`. */
function nameBackup(machine, ending) {
  const file = readdirSync(join(machine, BACKUPS)).find((name) => name.endsWith(ending));
  return file.replace('.sotto', '');
}

async function makeDatabase(postgres) {
  const name = `sotto_${randomBytes(4).toString('hex')}`;
  const client = new pg.Client(postgres.url);
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return postgres.url.replace(/\/postgres$/, `/${name}`);
}
