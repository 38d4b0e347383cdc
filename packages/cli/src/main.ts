/** What `bin/sotto.js` runs: reads the command line, does what it says, and tells how that went by the exit code. */
import { createProgram } from './program.ts';
import { createTerminal, describeError } from './terminal.ts';

const terminal = createTerminal(process);
try {
  await createProgram(terminal).parseAsync(process.argv);
} catch (error) {
  terminal.say(describeError(error));
  process.exitCode = 1;
}
