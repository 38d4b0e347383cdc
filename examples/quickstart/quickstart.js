import { EThree } from '@sotto/e3kit';
import { fetchToken } from './fetch-token.js'; // from your backend, which knows who is signed in

async function openDevice(identity) {
  const options = { apiUrl: process.env.API_URL, storageName: `.keys-of-${identity}` };
  const eThree = await EThree.initialize(() => fetchToken(identity), options);
  if (!(await eThree.hasLocalPrivateKey())) await eThree.register();
  return eThree;
}

const carol = await openDevice('carol');
const dave = await openDevice('dave');

const message = await carol.authEncrypt('Hello Dave!', await carol.findUsers('dave'));
console.log(await dave.authDecrypt(message, await dave.findUsers('carol'))); // throws unless carol wrote it
