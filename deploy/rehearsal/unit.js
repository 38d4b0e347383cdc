// A unit of systemd as a rehearsal needs it: its settings by name, and which system calls it leaves.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The values of each setting, in their order. */
export function readUnit(file) {
  const settings = {};
  for (const [, name, value] of readFileSync(file, 'utf8').matchAll(/^(\w+)=(.*)$/gm)) {
    (settings[name] ??= []).push(value);
  }
  return settings;
}

/** `A=1 B=2` as pairs. */
export function readAssignments(text) {
  return Object.fromEntries(text.split(/\s+/).map((word) => word.split(/=(.*)/s)));
}

/** The names that `SystemCallFilter=` lets through: the groups of the first value without those of one that begins with `~`. */
export function allowedCalls(values) {
  const [allowed, ...denied] = values.map((value) => value.replace(/^~/, '').split(' ').flatMap(expandGroup));
  const refused = new Set(denied.flat());
  return new Set(allowed.filter((name) => !refused.has(name)));
}

function expandGroup(name) {
  if (!name.startsWith('@')) return [name];
  const text = execFileSync('systemd-analyze', ['syscall-filter', '--no-pager', name], { encoding: 'utf8' });
  const members = [...text.matchAll(/^ {4}([@\w-]+)$/gm)].map(([, member]) => member);
  return members.flatMap(expandGroup);
}

/** From what `strace -f` wrote: the calls, and the families of sockets, of the program that `path` names, once it runs. */
export function callsOf(trace, path) {
  const calls = new Set();
  const families = new Set();
  const others = new Set();
  let isRunning = false;
  for (const [, pid, text] of trace.matchAll(/^(\d+) +(.*)$/gm)) {
    if (!isRunning && text.startsWith(`execve("${path}"`)) {
      isRunning = true;
      others.delete(pid);
      continue;
    }
    if (!isRunning) others.add(pid);
    if (!isRunning || others.has(pid)) continue;
    const [, name] = /^(?:<\.\.\. )?(\w+)[( ]/.exec(text) ?? [];
    if (name !== undefined) calls.add(name);
    const [, family] = /^socket\((AF_\w+)/.exec(text) ?? [];
    if (family !== undefined) families.add(family);
  }
  return { calls, families };
}
