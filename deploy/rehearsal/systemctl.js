// `systemctl` in a machine without systemd: a command there that says over a socket what it was asked, and what then becomes of the one service.
import { strictEqual } from 'node:assert';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const SOCKET = 'run/systemctl.sock';
const COMMAND = `#!/usr/bin/node
const socket = require('node:net').connect('/${SOCKET}');
socket.end(process.argv.slice(2).join(' '));
socket.setEncoding('utf8').on('data', (problem) => {
  console.error(problem);
  process.exitCode = 1;
});
`;

/** What is done for each line, as far as a guide has it. Like `Type=exec`, a start does not wait until the service answers. */
const DEEDS = new Map([
  ['start sotto', ['start']],
  ['enable --now sotto', ['start']],
  ['stop sotto', ['stop']],
  ['disable --now sotto', ['stop']],
  ['restart sotto', ['stop', 'start']],
]);

/** `start` gives a running service (see inside.js). `output` is what it has said since its start, `close` stops it if it runs. */
export async function provideSystemctl(root, start) {
  let service;
  const deeds = {
    start: () => (service ??= start()),
    async stop() {
      service?.signal('SIGTERM');
      if (service !== undefined) strictEqual(await service.ended, 0, service.output());
      service = undefined;
    },
  };
  const obey = async (line) => {
    if (!DEEDS.has(line)) throw new Error(`systemctl ${line} is not rehearsed: teach it to deploy/rehearsal.`);
    for (const deed of DEEDS.get(line)) await deeds[deed]();
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // The socket stays open for the answer.
    text(socket.iterator({ destroyOnReturn: false }))
      .then(obey)
      .then(
        () => socket.end(),
        ({ message }) => socket.end(message),
      );
  });
  server.listen(join(root, SOCKET));
  await once(server, 'listening');
  writeFileSync(join(root, 'usr/local/sbin/systemctl'), COMMAND, { mode: 0o755 });
  return {
    output: () => service?.output() ?? '',
    async close() {
      server.close();
      await deeds.stop();
    },
  };
}
