/** Sotto: core's streams with a key that was used before. */

/**
 * @param {object} options
 * @param {typeof import('@sotto/core')} options.core
 * @param {typeof import('@sotto/core/stream')} options.stream
 * @param {import('@sotto/core').CryptoProvider} options.provider
 */
export async function createOurFiles({ core, stream, provider }) {
  const { publicKey, privateKey } = await core.generateKeyPair(provider);
  return async (pieces) => {
    const size = pieces.reduce((sum, { length }) => sum + length, 0);
    const seal = () =>
      stream.signAndEncryptStream(provider, {
        source: asSource(pieces),
        size,
        recipients: [publicKey],
        signer: privateKey,
        padding: true,
      });
    const message = [];
    for await (const piece of seal()) message.push(piece);
    const access = { keys: [privateKey], signers: [publicKey], mode: 'signAndEncrypt' };
    return {
      encrypt: () => count(seal()),
      decrypt: () => count(stream.openStreamUnverified(provider, { source: asSource(message), ...access })),
    };
  };
}

async function* asSource(pieces) {
  yield* pieces;
}

async function count(pieces) {
  let length = 0;
  for await (const piece of pieces) length += piece.length;
  return length;
}
