// npm start: installs and builds what is missing, then runs `sotto dev --demo` with the arguments it was given.
import { join } from 'node:path';
import { onStopSignal, root, stopCommands } from './command.js';
import { build, checkNode, installPackages } from './prepare.js';

let stopping = false;

// Stopping is how a run is meant to end, so it counts as success.
onStopSignal((signal) => {
  // Once the command listens for itself, closing down is its job, and its last listener may be gone before it is
  // done: Ctrl-C arrives twice, from the terminal and from npm.
  if (process.listenerCount(signal) > 1) stopping = true;
  if (stopping) return;
  stopping = true;
  void stopCommands().then(() => process.exit(0));
});

checkNode();
await installPackages();
await build();

// Loaded into this process, so that there is no child to look after.
process.argv = [process.execPath, join(root, 'packages/cli/bin/sotto.js'), 'dev', '--demo', ...process.argv.slice(2)];
await import('../packages/cli/bin/sotto.js');
