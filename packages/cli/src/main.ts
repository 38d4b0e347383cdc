/** What `bin/sotto.js` runs: reads the command line, does what it says, and tells how that went by the exit code. */
import { createProgram } from './program.ts';
import { createTerminal, describeError, EXIT, exitCodeOf, isInterruption } from './terminal.ts';

const terminal = createTerminal(process);
try {
  await createProgram(terminal).parseAsync(process.argv);
} catch (error) {
  if (isInterruption(error)) process.exitCode = EXIT.interrupted;
  else {
    terminal.say(describeError(error));
    process.exitCode = exitCodeOf(error);
  }
}
