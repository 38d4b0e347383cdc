/** Sotto: a document with encrypted fields, as core makes and reads it. */

/**
 * @param {object} of
 * @param {typeof import('@sotto/core')} of.core
 * @param {typeof import('@sotto/core/field')} of.field
 * @param {import('@sotto/core').CryptoProvider} of.provider
 */
export function createOurFields({ core, field, provider }) {
  return async ({ value, fields, readers }) => {
    const author = await core.generateKeyPair(provider);
    const others = await Promise.all(Array.from({ length: readers }, () => core.generateKeyPair(provider)));
    const secret = Object.fromEntries(Array.from({ length: fields }, (_, index) => [`field ${index}`, value]));
    const document = { ward: 'B', born: 1980, city: 'Ghent', secret };
    const common = { documentId: 'patients/42', now: Date.now() };
    const encrypt = () =>
      field.encryptFields(provider, {
        ...common,
        document,
        revision: 1,
        selections: [{ path: '/secret/*', readers: others.map(({ publicKey }) => publicKey) }],
        signer: author.privateKey,
        coverage: 'all',
      });
    const encrypted = await encrypt();
    const decrypt = async () => {
      const keys = [others.at(-1).privateKey];
      const options = { ...common, document: encrypted, keys, signers: [author.publicKey] };
      return Object.values((await field.decryptFields(provider, options)).document.secret);
    };
    return { encrypt, decrypt };
  };
}
