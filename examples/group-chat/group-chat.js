import { EThree, isSdkError } from '@sotto/e3kit';
import { fetchToken } from './fetch-token.js'; // from your backend, which knows who is signed in

async function openDevice(identity) {
  const [storageName, groupStorageName] = [`.keys-of-${identity}`, `.groups-of-${identity}`];
  const options = { apiUrl: process.env.API_URL, storageName, groupStorageName };
  const eThree = await EThree.initialize(() => fetchToken(identity), options);
  if (!(await eThree.hasLocalPrivateKey())) await eThree.register();
  return eThree;
}

const today = Date.now();
const [ivan, judy, karl] = [
  await openDevice(`ivan-${today}`),
  await openDevice(`judy-${today}`),
  await openDevice(`karl-${today}`),
];

// Ivan begins a group. Its id is whatever your app calls it; members learn id and initiator from your app.
const groupId = `hiking club ${today}`;
const ofIvan = await ivan.createGroup(groupId, await ivan.findUsers([judy.identity]));
const plan = await ofIvan.encrypt('Shall we meet on Friday?'); // the text travels as your app carries texts

// Judy loads it once. From then on it is on her device.
await judy.loadGroup(groupId, await judy.findUsers(ivan.identity));
const ofJudy = await judy.getGroup(groupId);
console.log(await ofJudy.decrypt(plan, await judy.findUsers(ivan.identity)));

// Karl is added, and reads what was written before.
await ofIvan.add(await ivan.findUsers(karl.identity));
const ofKarl = await karl.loadGroup(groupId, await karl.findUsers(ivan.identity));
console.log(await ofKarl.decrypt(plan, await karl.findUsers(ivan.identity)));

// Karl is removed, and reads nothing that is written from now on.
await ofIvan.remove(await ivan.findUsers(karl.identity));
const news = await ofIvan.encrypt('Saturday is better');
try {
  await ofKarl.decrypt(news, await karl.findUsers(ivan.identity));
} catch (error) {
  console.log(error.code);
}

// To Judy the message is of an epoch that her device does not know yet, either. She is still a member, so an update brings it.
async function read(group, message, sender) {
  try {
    return await group.decrypt(message, sender);
  } catch (error) {
    if (!isSdkError(error, 'group/outdated')) throw error;
    await group.update();
    return group.decrypt(message, sender);
  }
}
console.log(await read(ofJudy, news, await judy.findUsers(ivan.identity)));
