import { EThree } from '@sotto/e3kit';
import { fetchToken } from './fetch-token.js'; // from your backend, which knows who is signed in

// A device is a store of keys. In an app, each of these would be another laptop, phone or browser.
async function openDevice(identity, device) {
  const options = { apiUrl: process.env.API_URL, storageName: `.keys-of-${identity}-on-${device}` };
  return EThree.initialize(() => fetchToken(identity), options);
}

const erin = `erin-${Date.now()}`;
const frank = await openDevice(`frank-${Date.now()}`, 'desktop');
await frank.register();

// The first device makes the key, and backs it up under a password.
const laptop = await openDevice(erin, 'laptop');
await laptop.register();
await laptop.backupPrivateKey('correct horse');
const first = await frank.authEncrypt('Welcome, Erin', await frank.findUsers(erin));

// Another device brings the key of the backup over, and reads what was written before.
const phone = await openDevice(erin, 'phone');
if (!(await phone.hasLocalPrivateKey())) await phone.restorePrivateKey('correct horse');
console.log(await phone.authDecrypt(first, await phone.findUsers(frank.identity)));

// A new password: the backup is put under it at once. Devices that have the key notice nothing.
await phone.changePassword('correct horse', 'battery staple');
console.log(await laptop.authDecrypt(first, await laptop.findUsers(frank.identity)));

// Signing out of a device takes its keys away. The backup stays.
await laptop.cleanup();

// A device is lost: the key is replaced, and the backup with it. Others see a rotation, since the former key endorses the new one.
await phone.replacePrivateKey({ password: 'battery staple' });
const second = await frank.authEncrypt('Sorry about your laptop', await frank.findUsers(erin));

// The next device restores all keys that there ever were, so that old messages open too.
const tablet = await openDevice(erin, 'tablet');
await tablet.restorePrivateKey('battery staple');
for (const message of [first, second]) {
  console.log(await tablet.authDecrypt(message, await tablet.findUsers(frank.identity)));
}
