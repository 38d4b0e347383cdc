// Runs commands inside a folder as if it were the whole system: what a container engine and systemd do, as far as a rehearsal needs it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/**
 * Mounts of the command's own, which end with it. The command becomes the first process, as in a container, and what it
 * may not do it has lost before it begins. Devices are those of this machine.
 */
const PRELUDE = `
set -e
root=$1 writable=$2 binds=$3 proc=$4 ids=$5; shift 5
mount --bind "$root" "$root"
mount -t proc -o "$proc" proc "$root/proc"
mount --rbind /dev "$root/dev"
for bind in $binds; do mount --bind "\${bind%%:*}" "$root\${bind#*:}"; done
if [ "$writable" = no ]; then
  mount -o remount,bind,ro "$root"
  mount -t tmpfs tmpfs "$root/tmp"
fi
[ -z "$ids" ] && exec chroot "$root" "$@"
exec chroot "$root" setpriv --reuid="\${ids%:*}" --regid="\${ids#*:}" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
`;

/**
 * Starts `command` (a list of words) in `root`. With `ids` (`user:group`) it runs without any capability. `binds` are folders
 * of this machine by the path at which it sees them; with `readOnly` it can write there and in `/tmp` alone. `proc` are options of its /proc,
 * `wrap` a command of this machine that is put before all.
 */
export function startInside(
  root,
  { command, env = {}, ids = '', binds = {}, readOnly = false, proc = 'rw', wrap = [] },
) {
  const pairs = Object.entries(binds).map(([path, folder]) => `${folder}:${path}`);
  const prelude = ['sh', '-c', PRELUDE, 'sh', root, readOnly ? 'no' : 'yes', pairs.join(' '), proc, ids];
  const [program, ...args] = [...wrap, 'unshare', '--mount', '--pid', '--fork', '--kill-child', ...prelude, ...command];
  const child = spawn(program, args, {
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = once(child, 'close').then(([code]) => code);
  return {
    output: () => output,
    ended,
    /** Resolves with what `pattern` found in the output. @throws when the command ends without it */
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(output);
        if (found) return found;
        const heard = Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]);
        const isOver = await Promise.race([ended.then(() => true), heard.then(() => false)]);
        if (isOver && !pattern.test(output)) throw new Error(`It ended without ${pattern}:\n${output}`);
      }
    },
    /** To the first process inside. `unshare`, and what stands before it, would keep the signal to themselves. */
    signal: (name) => process.kill(findInnermost(child.pid), name),
  };
}

/** Runs it to its end, and gives back what it said. @throws when it fails */
export async function runInside(root, options) {
  const { output, ended } = startInside(root, options);
  if ((await ended) !== 0) throw new Error(`${options.command.join(' ')}\n${output()}`);
  return output();
}

function findInnermost(pid) {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return child === undefined ? pid : findInnermost(child);
}
