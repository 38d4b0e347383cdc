/** The official library, WebAssembly, as its clients call it for `authEncrypt`. */

/**
 * @param {object} options
 * @param {typeof import('virgil-crypto')} options.library
 * @param {object} [options.init] Where a page finds the WebAssembly.
 */
export async function createOfficial({ library, init }) {
  await library.initCrypto(init);
  const crypto = new library.VirgilCrypto();
  return async ({ data, recipients, count }) => {
    const sender = crypto.generateKeys();
    const readers = Array.from({ length: recipients }, () => crypto.generateKeys());
    const publicKeys = readers.map(({ publicKey }) => publicKey);
    const seal = () => crypto.signAndEncrypt(data, sender.privateKey, publicKeys, true);
    const open = (message) => crypto.decryptAndVerify(message, readers.at(-1).privateKey, [sender.publicKey]);
    const messages = Array.from({ length: count }, seal);
    if (count === 1) return { seal, open: () => open(messages[0]) };
    return { seal: () => messages.map(seal), open: () => messages.map(open) };
  };
}
