/** The official library's streams, WebAssembly, as its client calls them for `authEncryptFile`. */

/**
 * @param {object} options
 * @param {typeof import('virgil-crypto')} options.library
 */
export async function createOfficialFiles({ library }) {
  await library.initCrypto();
  const crypto = new library.VirgilCrypto();
  const { publicKey, privateKey } = crypto.generateKeys();
  return async (pieces) => {
    const size = pieces.reduce((sum, { length }) => sum + length, 0);
    const encrypt = () => {
      const stream = crypto.createStreamSignAndEncrypt(privateKey, [publicKey], true);
      return [stream.start(size), ...pieces.map((piece) => stream.update(piece)), stream.final()];
    };
    const message = encrypt();
    const decrypt = () => {
      const stream = crypto.createStreamDecryptAndVerify();
      stream.start(privateKey);
      for (const piece of message) stream.update(piece);
      stream.final();
      stream.verify([publicKey]);
    };
    return { encrypt, decrypt };
  };
}
