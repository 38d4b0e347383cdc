// The article's code, statement by statement: alice signs in and registers, then encrypts, then decrypts.
import { EThree } from '@virgilsecurity/e3kit';
import { authenticate, fetchVirgilToken } from './backend.js';

const aliceUID = 'alice';
const bobUID = 'bob';

// Initialize: the token says who she is.
const authToken = await authenticate('alice');
const getVirgilToken = () => fetchVirgilToken(authToken);
export const eThree = await EThree.initialize(getVirgilToken);

// Register: when she signs up. Afterwards her key is on this device.
if (!(await eThree.hasLocalPrivateKey())) await eThree.register();

/** Encrypts data and a text for alice and bob. */
export async function encrypt() {
  const publicKeys = await eThree.lookupPublicKeys([aliceUID, bobUID]);
  const encryptedData = await eThree.encrypt(new ArrayBuffer(), publicKeys);
  const encryptedText = await eThree.encrypt('this text will be encrypted', publicKeys);
  return { encryptedData, encryptedText };
}

/** Decrypts data and a text, and rejects unless bob encrypted them. */
export async function decrypt({ encryptedData, encryptedText }) {
  const publicKey = await eThree.lookupPublicKeys(bobUID);
  const decryptedData = await eThree.decrypt(encryptedData, publicKey);
  const decryptedText = await eThree.decrypt(encryptedText, publicKey);
  return { decryptedData, decryptedText };
}
