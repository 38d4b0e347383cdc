/** Scripts over the emulator end by themselves, which the official client makes hard. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createToken, startEmulator } from '../test-kit.ts';

const script = join(import.meta.dirname, 'fixtures', 'client-process.js');

it.each(['twilio-conversations-2', 'twilio-conversations-3'])(
  'a script with %s ends after shutdown()',
  async (name) => {
    const { wsUrl } = await startEmulator();
    const child = spawn(process.execPath, [script, name, await createToken(), wsUrl], { stdio: 'inherit' });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
);
