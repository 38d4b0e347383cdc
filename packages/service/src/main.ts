/** The program: `node main.js`. Whatever it can be told is in the environment, see `config.ts`. */

import { isSdkError } from '@sotto/core';
import { serve } from './serve.ts';

try {
  await serve(process.env);
} catch (error) {
  process.stderr.write(`${isSdkError(error) ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
}
