/**
 * What a user does with a backup, timed in a process that has one client library. Both have the same calls: `open` gives back a client
 * of the user on a device of its own, which keeps its keys in a new folder.
 */
const jobs = {
  async 'back up'(open) {
    const device = await openRegistered(open);
    return time(() => device.backupPrivateKey('the password'));
  },
  async restore(open) {
    await openBackedUp(open);
    const device = await open();
    const elapsed = await time(() => device.restorePrivateKey('the password'));
    if (!(await device.hasLocalPrivateKey())) throw new Error('nothing was restored');
    return elapsed;
  },
  async 'change the password'(open) {
    const device = await openBackedUp(open);
    return time(() => device.changePassword('the password', 'another password'));
  },
};

export const JOB_NAMES = Object.keys(jobs);

/** Answers each message `{ job, identity, token }` of the parent with the milliseconds that it took. */
export function serveJobs(openDevice) {
  let devices = 0;
  process.on('message', async ({ job, identity, token }) => {
    const open = () => openDevice({ name: `device-${devices++}`, identity, getToken: async () => token });
    process.send({ elapsed: await jobs[job](open) });
  });
  process.on('disconnect', () => process.exit());
}

async function openRegistered(open) {
  const device = await open();
  await device.register();
  return device;
}

async function openBackedUp(open) {
  const device = await openRegistered(open);
  await device.backupPrivateKey('the password');
  return device;
}

async function time(call) {
  const began = performance.now();
  await call();
  return performance.now() - began;
}
