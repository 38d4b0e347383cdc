import { EThree } from '@sotto/e3kit';
import { fetchToken } from './fetch-token.js'; // from your backend, which knows who is signed in

async function openDevice(identity) {
  const options = { apiUrl: process.env.API_URL, storageName: `.keys-of-${identity}` };
  const eThree = await EThree.initialize(() => fetchToken(identity), options);
  if (!(await eThree.hasLocalPrivateKey())) await eThree.register();
  return eThree;
}

const ivy = await openDevice(`ivy-${Date.now()}`);
const jack = await openDevice(`jack-${Date.now()}`);
const jacksCard = await ivy.findUsers(jack.identity);
const ivysCard = await jack.findUsers(ivy.identity);

// In an app it comes from <input type="file">, from a camera, or from drag and drop.
const photo = new File([new Uint8Array(3_000_000)], 'Beach.jpg', { type: 'image/jpeg' });

// For Jack, with its name, type and date. What comes out says nothing of them and goes to whatever storage the app has.
const sealed = await ivy.sealFile(photo, jacksCard);
console.log(`stored: ${sealed.type}`);
const opened = await jack.openFile(sealed, ivysCard); // throws unless Ivy sealed it
console.log(`opened: ${opened.name}, ${opened.type}, ${opened.size} bytes`);

// For an album: encrypted and uploaded once, under a key of its own, which Ivy sends to whom she likes, when she likes.
const { encryptedSharedFile, fileKey } = await ivy.encryptSharedFile(photo);
const invitation = await ivy.authEncrypt(fileKey, jacksCard);
const keyFromIvy = await jack.authDecrypt(invitation, ivysCard);
const shared = await jack.decryptSharedFile(encryptedSharedFile, keyFromIvy, ivysCard);
console.log(`shared: ${shared.name}, ${shared.size} bytes`);

// A film need not fit into memory: it is encrypted as it is read, and could be the body of an upload.
const upload = await ivy.authEncryptStream(photo.stream(), jacksCard, { size: photo.size });
const film = await new Response(upload).blob();

// What a stream gives is good only if the stream ends well. This one has lost its end.
const cutOff = await jack.authDecryptStreamUnverified(film.slice(0, 2_000_000).stream(), ivysCard);
await cutOff.pipeTo(new WritableStream()).catch((error) => console.log(`cut off: ${error.code}`));

// A file that can be read twice is verified first. Only then does the stream begin.
const verified = await jack.authDecryptFileToStream(film, ivysCard);
console.log(`streamed: ${(await new Response(verified).blob()).size} bytes`);

// Large files take a while: show progress, and let the user stop it.
const stop = new AbortController();
const onProgress = ({ bytesProcessed, fileSize }) => {
  if (bytesProcessed > fileSize / 2) stop.abort();
};
try {
  await ivy.authEncryptFile(photo, jacksCard, { onProgress, signal: stop.signal });
} catch (error) {
  console.log(`stopped: ${error.name}`);
}
