/** What is measured about messages, in Node and in a page alike: sign-and-encrypt with padding, as `authEncrypt` does. */

const KB = 1024;
const MB = 1024 * KB;

const one = { bytes: KB, recipients: 1, count: 1 };
const page = { bytes: 300, recipients: 1, count: 100 };

/** `bars`: also beside what a developer would take instead, which has a format of its own and one recipient. */
export const MESSAGE_JOBS = [
  { ...one, name: 'seal 1 KB', verb: 'seal', bars: true },
  { ...one, name: 'open 1 KB', verb: 'open', bars: true },
  { ...one, name: 'seal 1 KB for 10', verb: 'seal', recipients: 10 },
  { ...one, name: 'open 1 KB for 10', verb: 'open', recipients: 10 },
  { ...one, name: 'seal 1 KB for 100', verb: 'seal', recipients: 100 },
  { ...one, name: 'open 1 KB for 100', verb: 'open', recipients: 100 },
  { ...one, name: 'seal 64 KB', verb: 'seal', bytes: 64 * KB },
  { ...one, name: 'open 64 KB', verb: 'open', bytes: 64 * KB },
  { ...one, name: 'seal 1 MB', verb: 'seal', bytes: MB, bars: true },
  { ...one, name: 'open 1 MB', verb: 'open', bytes: MB, bars: true },
  { ...one, name: 'seal 10 MB', verb: 'seal', bytes: 10 * MB },
  { ...one, name: 'open 10 MB', verb: 'open', bytes: 10 * MB },
  { ...page, name: 'seal 100 messages of 300 bytes', verb: 'seal' },
  { ...page, name: 'open 100 messages of 300 bytes', verb: 'open' },
];

/**
 * The call of each side for one job. Every side first opens what it sealed, so that none is measured at something else.
 * @param {(typeof MESSAGE_JOBS)[number]} job
 * @param {Readonly<Record<string, (job: object) => Promise<{ seal: () => any, open: () => any }>>>} sides
 */
export async function prepareJob({ verb, bytes, recipients, count }, sides) {
  const data = Uint8Array.from({ length: bytes }, (_, index) => index % 251);
  const calls = {};
  for (const [name, prepare] of Object.entries(sides)) {
    const side = await prepare({ data, recipients, count });
    const opened = await side.open();
    for (const plaintext of count === 1 ? [opened] : opened) checkOpened(name, plaintext, data);
    calls[name] = side[verb];
  }
  return calls;
}

function checkOpened(name, plaintext, data) {
  const isSame = plaintext.length === data.length && plaintext.every((byte, index) => byte === data[index]);
  if (!isSame) throw new Error(`${name} did not open what it sealed`);
}
