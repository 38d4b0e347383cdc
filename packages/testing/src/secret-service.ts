/**
 * A Linux keychain for tests: GNOME Keyring on a session bus of its own, without a desktop. Debian has it in the
 * packages `dbus` and `gnome-keyring`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface SecretService {
  /** Leads a process, and its children, to this keychain. */
  readonly env: Readonly<Record<string, string>>;
  /** Locks the keychain. There is no one to unlock it again. */
  lock(): Promise<void>;
  close(): Promise<void>;
}

const programs = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'];

/** Those of the needed programs that are not installed. */
export function findMissingPrograms(): string[] {
  return programs.filter((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined);
}

/** Starts the keychain, empty and unlocked, with all its files in `home`. */
export async function startSecretService(home: string): Promise<SecretService> {
  const env = {
    HOME: home,
    XDG_RUNTIME_DIR: join(home, 'runtime'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
  };
  for (const directory of Object.values(env)) await mkdir(directory, { recursive: true, mode: 0o700 });
  const bus = spawn('dbus-daemon', [`--config-file=${await writeBusConfig(home)}`, '--nofork', '--print-address'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = await readFirstLine(bus);
  const busEnv = { ...env, DBUS_SESSION_BUS_ADDRESS: address };

  return {
    env: busEnv,
    lock: () => lockKeychain(busEnv),
    async close() {
      // The keyring's daemon leaves with its bus.
      bus.kill();
      if (bus.exitCode === null && bus.signalCode === null) await once(bus, 'exit');
    },
  };
}

/**
 * The bus starts the keyring when the first client asks for it, and lets that client wait until it is ready. No other
 * service can be started there: nothing of the machine's own session, and nothing that asks for a password.
 */
async function writeBusConfig(home: string): Promise<string> {
  const services = join(home, 'services');
  await mkdir(services);
  await writeFile(
    join(services, 'org.freedesktop.secrets.service'),
    `[D-BUS Service]
Name=org.freedesktop.secrets
Exec=/bin/sh -c "printf password | gnome-keyring-daemon --foreground --unlock --components=secrets"
`,
  );
  const config = join(home, 'bus.conf');
  await writeFile(
    config,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${join(home, 'bus')}</listen>
  <servicedir>${services}</servicedir>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
`,
  );
  return config;
}

async function readFirstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the output of the child is not piped');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('dbus-daemon ended before it listened');
}

async function lockKeychain(env: Record<string, string>): Promise<void> {
  const service = 'org.freedesktop.secrets';
  const collections = 'array:objpath:/org/freedesktop/secrets/collection/login';
  const sender = spawn(
    'dbus-send',
    [
      '--session',
      '--print-reply',
      `--dest=${service}`,
      '/org/freedesktop/secrets',
      'org.freedesktop.Secret.Service.Lock',
      collections,
    ],
    { env: { ...process.env, ...env }, stdio: 'ignore' },
  );
  const [code] = (await once(sender, 'exit')) as [number | null];
  if (code !== 0) throw new Error('the keychain could not be locked');
}
