// One release of the official crypto library, in a process of its own: { id, call, args } is answered by { id, value }, by
// { id, error } where the library throws, and by { id, abort } where its WebAssembly module ends, and this process with it.

// The wasm loader of virgil-crypto 4 prefers fetch where there is one, and gives it the path of a file.
delete globalThis.fetch;

import { createRequire } from 'node:module';
import { join } from 'node:path';

const folder = process.argv[2];
const { initCrypto, KeyPairType, VirgilCrypto } = createRequire(join(folder, 'package.json'))('virgil-crypto');
await initCrypto();

const cryptos = { sha512: new VirgilCrypto(), sha256: new VirgilCrypto({ useSha256Identifiers: true }) };
const privateKeys = new Map();
const publicKeys = new Map();

const calls = {
  seal({ mode, plaintext, signer, recipients, padding, identifiers }) {
    const crypto = cryptos[identifiers];
    const readers = recipients.map((der) => publicKeyOf(der, identifiers));
    if (mode === 'encrypt') return crypto.encrypt(plaintext, readers, padding);
    return crypto[mode](plaintext, privateKeyOf(signer, identifiers), readers, padding);
  },

  open({ mode, message, key, signers, identifiers }) {
    const crypto = cryptos[identifiers];
    const [ownKey, senders] = ownKeyAndSenders({ key, signers, identifiers });
    if (mode === 'encrypt') return crypto.decrypt(message, ownKey);
    if (mode === 'signThenEncrypt') return crypto.decryptThenVerify(message, ownKey, senders);
    return crypto.decryptAndVerify(message, ownKey, senders);
  },

  sealDetached({ plaintext, signer, recipients, padding, identifiers }) {
    const readers = recipients.map((der) => publicKeyOf(der, identifiers));
    const key = privateKeyOf(signer, identifiers);
    const { metadata, encryptedData } = cryptos[identifiers].signThenEncryptDetached(plaintext, key, readers, padding);
    return { metadata, body: encryptedData };
  },

  openDetached({ metadata, body, key, signers, identifiers }) {
    const [ownKey, senders] = ownKeyAndSenders({ key, signers, identifiers });
    return cryptos[identifiers].decryptThenVerifyDetached(body, metadata, ownKey, senders);
  },

  /** As an app makes a file: signed in a first pass where the format says so, then written piece by piece. */
  sealStream({ mode, pieces, signer, recipients, padding, identifiers }) {
    const crypto = cryptos[identifiers];
    const readers = recipients.map((der) => publicKeyOf(der, identifiers));
    if (mode === 'signAndEncrypt') {
      const stream = crypto.createStreamSignAndEncrypt(privateKeyOf(signer, identifiers), readers, padding);
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
      return drain(stream, [stream.start(length)], pieces);
    }
    const signature = mode === 'signThenEncrypt' ? calls.signStream({ key: signer, pieces }) : undefined;
    const stream = crypto.createStreamCipher(readers, signature);
    return drain(stream, [stream.start()], pieces);
  },

  openStream({ mode, pieces, key, signers, identifiers }) {
    const crypto = cryptos[identifiers];
    const [ownKey, senders] = ownKeyAndSenders({ key, signers, identifiers });
    if (mode === 'signAndEncrypt') {
      const stream = crypto.createStreamDecryptAndVerify();
      stream.start(ownKey);
      const plaintext = Buffer.concat([...pieces.map((piece) => stream.update(piece)), stream.final()]);
      stream.verify(senders);
      return plaintext;
    }
    const stream = crypto.createStreamDecipher(ownKey);
    const plaintext = Buffer.concat([...pieces.map((piece) => stream.update(piece)), stream.final(false)]);
    if (mode === 'signThenEncrypt') {
      const signature = stream.getSignature();
      const isGood = calls.verifyStream({ key: signers[0], pieces: [plaintext], signature });
      if (!isGood) throw new Error('the signature of the stream is not good');
    }
    stream.dispose();
    return plaintext;
  },

  sign: ({ key, data }) => cryptos.sha512.calculateSignature(data, privateKeyOf(key, 'sha512')),
  verify: ({ key, data, signature }) => cryptos.sha512.verifySignature(data, signature, publicKeyOf(key, 'sha512')),

  signStream({ key, pieces }) {
    const stream = cryptos.sha512.createStreamSigner();
    for (const piece of pieces) stream.update(piece);
    return stream.sign(privateKeyOf(key, 'sha512'));
  },

  verifyStream({ key, pieces, signature }) {
    const stream = cryptos.sha512.createStreamVerifier(signature);
    for (const piece of pieces) stream.update(piece);
    return stream.verify(publicKeyOf(key, 'sha512'));
  },

  generateKey: ({ type }) => describePair(cryptos.sha512.generateKeys(KeyPairType[type])),
  keyFromMaterial: ({ material, type }) =>
    describePair(cryptos.sha512.generateKeysFromKeyMaterial(material, KeyPairType[type])),

  readPrivateKey({ bytes }) {
    const privateKey = cryptos.sha512.importPrivateKey(bytes);
    return describePair({ privateKey, publicKey: cryptos.sha512.extractPublicKey(privateKey) });
  },

  readPublicKey: ({ bytes }) => ({ publicKey: cryptos.sha512.exportPublicKey(cryptos.sha512.importPublicKey(bytes)) }),
};

let isAborted = false;

process.on('message', ({ id, call, args }) => {
  if (isAborted) return; // what is left is for the process that comes after this one
  const answer = answerTo(call, args);
  isAborted = answer.abort !== undefined;
  process.send({ id, ...answer }, () => {
    if (isAborted) process.exit();
  });
});
process.on('disconnect', () => process.exit());
process.send('ready');

function answerTo(call, args) {
  try {
    return { value: calls[call](args) };
  } catch (error) {
    // After a RuntimeError the module's state is undefined: what it gives from then on says nothing about it.
    const kind = error instanceof WebAssembly.RuntimeError ? 'abort' : 'error';
    return { [kind]: error.message };
  }
}

function drain(stream, head, pieces) {
  return Buffer.concat([...head, ...pieces.map((piece) => stream.update(piece)), stream.final()]);
}

function ownKeyAndSenders({ key, signers, identifiers }) {
  return [privateKeyOf(key, identifiers), signers.map((der) => publicKeyOf(der, identifiers))];
}

function privateKeyOf(der, identifiers) {
  return kept(privateKeys, der, identifiers, () => cryptos[identifiers].importPrivateKey(der));
}

function publicKeyOf(der, identifiers) {
  return kept(publicKeys, der, identifiers, () => cryptos[identifiers].importPublicKey(der));
}

/** Keys are read once, as an app reads them once. */
function kept(keys, der, identifiers, read) {
  const name = `${identifiers} ${Buffer.from(der).toString('base64')}`;
  if (!keys.has(name)) keys.set(name, read());
  return keys.get(name);
}

function describePair({ privateKey, publicKey }) {
  return {
    privateKey: cryptos.sha512.exportPrivateKey(privateKey),
    publicKey: cryptos.sha512.exportPublicKey(publicKey),
    identifier: publicKey.identifier,
  };
}
