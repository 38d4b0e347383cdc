// A process that seals one message: the official library.
const began = performance.now();
const { default: library } = await import('virgil-crypto');
await library.initCrypto();
const loaded = performance.now();
const crypto = new library.VirgilCrypto();
const { publicKey, privateKey } = crypto.generateKeys();
crypto.signAndEncrypt(Buffer.from('hello'), privateKey, [publicKey], true);
const sealed = performance.now();
console.log(JSON.stringify({ load: loaded - began, seal: sealed - loaded }));
