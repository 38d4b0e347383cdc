// Five devices and what happens to them in twenty minutes, which take a moment here. Writes what arrives of it, as a log, to the standard output.
import { cp, rm } from 'node:fs/promises';
import { EThree } from '@sotto/e3kit';
import { fetchToken } from './fetch-token.js'; // from your backend, which knows the devices
import { toRecord } from './log.js';

const { API_URL, FLEET = 'greenhouse' } = process.env;
const MINUTE = 60_000;
let now = Date.now();

const devices = [
  // Signs each reading, for whoever acts on one at once.
  { name: `${FLEET}-1`, signatures: 'each', line: good },
  // Signs every fourth minute, over a line that loses, delays and repeats.
  { name: `${FLEET}-2`, signatures: 'batch', line: bad() },
  // Loses power.
  { name: `${FLEET}-3`, signatures: 'batch', line: good, restartsAt: 6 },
  // Is put back to what was on its disk in the beginning.
  { name: `${FLEET}-4`, signatures: 'batch', line: good, restoredAt: 8 },
  // Somebody cuts its cable.
  { name: `${FLEET}-5`, signatures: 'batch', line: cutAfter(8) },
];

for (const device of devices) {
  await openDevice(device);
  await cp(device.storageName, `${device.storageName}.old`, { recursive: true });
  await begin(device);
}
for (let minute = 0; minute < 20; minute++, now += MINUTE) {
  for (const device of devices) {
    if (minute === device.restoredAt) await restore(device);
    if (minute === device.restartsAt || minute === device.restoredAt) await begin(device);
    const reading = { celsius: 21 + (minute % 4) / 2, humidity: 60 - minute };
    send(device, await device.sealer.seal(JSON.stringify(reading)));
    if (device.signatures === 'batch' && minute % 4 === 3) send(device, await device.sealer.checkpoint());
  }
}
for (const device of devices) send(device, await device.sealer.close());

/** Each device has a key of its own. One that is set up again is a new user. */
async function openDevice(device) {
  device.storageName = `.keys-of-${device.name}`;
  const { name, storageName } = device;
  device.eThree = await EThree.initialize(() => fetchToken(name), { apiUrl: API_URL, storageName, clock: () => now });
  if (!(await device.eThree.hasLocalPrivateKey())) await device.eThree.register();
}

/** A session begins with each start of the device. Its key is in memory alone; its number is on disk. */
async function begin(device) {
  const to = await device.eThree.findUsers(`${FLEET}-operator`);
  const { signatures } = device;
  device.sealer = await device.eThree.createSealer({ to, series: 'climate', signatures, heartbeatSeconds: 240 });
  send(device, device.sealer.start);
}

async function restore(device) {
  await rm(device.storageName, { recursive: true });
  await cp(`${device.storageName}.old`, device.storageName, { recursive: true });
  await openDevice(device);
}

function send({ name, line }, frame) {
  for (const arrived of line(frame)) process.stdout.write(toRecord({ at: now, device: name, frame: arrived }));
}

function good(frame) {
  return [frame];
}

function cutAfter(count) {
  let sent = 0;
  return (frame) => (sent++ < count ? [frame] : []);
}

function bad() {
  let sent = 0;
  let delayed = [];
  return (frame) => {
    const number = sent++;
    if (number === 4) return []; // lost
    if (number === 7) {
      delayed = [frame];
      return [];
    }
    const arrived = number === 12 ? [frame, frame] : [frame];
    return [...arrived, ...delayed.splice(0)];
  };
}
