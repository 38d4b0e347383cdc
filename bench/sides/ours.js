/** Sotto: core with keys that were imported and used before. */

/**
 * @param {object} options
 * @param {typeof import('@sotto/core')} options.core
 * @param {import('@sotto/core').CryptoProvider} options.provider
 */
export function createOurs({ core, provider }) {
  return async ({ data, recipients, count }) => {
    const sender = await core.generateKeyPair(provider);
    const readers = [];
    while (readers.length < recipients) readers.push(await core.generateKeyPair(provider));
    const options = {
      mode: 'signAndEncrypt',
      plaintext: data,
      recipients: readers.map(({ publicKey }) => publicKey),
      signer: sender.privateKey,
      padding: true,
    };
    const access = { keys: [readers.at(-1).privateKey], signers: [sender.publicKey] };
    const seal = () => core.seal(provider, options);
    const open = async (message) => (await core.open(provider, { message, ...access })).plaintext;
    const messages = await Promise.all(Array.from({ length: count }, seal));
    if (count === 1) return { seal, open: () => open(messages[0]) };
    return {
      seal: () => Promise.all(messages.map(seal)),
      open: () => Promise.all(messages.map(open)),
    };
  };
}
