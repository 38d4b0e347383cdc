import { EThree } from '@sotto/e3kit';
import { fetchToken } from './fetch-token.js'; // from your backend, which knows who is signed in

async function openDevice(identity, onKeyChanged) {
  const options = { apiUrl: process.env.API_URL, storageName: `.keys-of-${identity}`, onKeyChanged };
  const eThree = await EThree.initialize(() => fetchToken(identity), options);
  if (!(await eThree.hasLocalPrivateKey())) await eThree.register();
  return eThree;
}

const grace = await openDevice(`grace-${Date.now()}`, ({ kind, wasVerified }) => {
  console.log(`Heidi's key was ${kind}; verified before: ${wasVerified}`);
});
const heidi = await openDevice(`heidi-${Date.now()}`);

// Side by side: Heidi's screen shows a QR code, made of this text by any QR library, and Grace's camera reads it.
const { qr } = await heidi.getSafetyNumber(grace.identity);
const heidisCard = await grace.findUsers(heidi.identity);
await grace.compareSafetyQr(heidisCard, qr); // throws unless both have the same two keys
await grace.setVerified(heidisCard);

// By phone: both read out the words, or the digits. Heidi's user says that they are the same.
const gracesCard = await heidi.findUsers(grace.identity);
const [here, there] = [await heidi.getSafetyNumber(gracesCard), await grace.getSafetyNumber(heidisCard)];
console.log(here.words === there.words && here.digits === there.digits);
await heidi.setVerified(gracesCard);

// Heidi replaces her key. The former one endorses the new one, so that it is verified, too.
await heidi.replacePrivateKey();
console.log(await grace.isVerified(await grace.findUsers(heidi.identity)));
