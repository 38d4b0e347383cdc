/** The official library, WebAssembly, as its client calls it for a message of a group. The number of members is of no matter to it. */

/** @param {typeof import('virgil-crypto')} library */
export async function createOfficialGroup(library, data) {
  await library.initCrypto();
  const crypto = new library.VirgilCrypto();
  const { privateKey, publicKey } = crypto.generateKeys();
  const ofSender = crypto.generateGroupSession(Buffer.from('measured group'));
  const ofReader = crypto.importGroupSession(ofSender.export());
  const message = ofSender.encrypt(data, privateKey);
  return { encrypt: () => ofSender.encrypt(data, privateKey), decrypt: () => ofReader.decrypt(message, publicKey) };
}
