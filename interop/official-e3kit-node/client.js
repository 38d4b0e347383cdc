// Users of the official client, in a process of their own, driven by messages from its parent: { id, command, device, args }
// is answered by { id, result } or { id, error }.

// The wasm loader of virgil-crypto 4 prefers fetch where there is one, and gives it the path of a file.
delete globalThis.fetch;

import { request } from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { EThree } = require('@virgilsecurity/e3kit-node');
const { VirgilCardCrypto } = require('virgil-crypto');
const { Jwt, VirgilCardVerifier } = require('virgil-sdk');

const { apiUrl, backendUrl, servicePublicKey } = JSON.parse(process.argv[2]);
const devices = new Map();

const commands = {
  async open(_device, name, identity, { keepsToken, verifies = true, ...options }) {
    const getToken = () => fetchToken(identity);
    const client = await EThree.initialize(getToken, {
      apiUrl,
      ...(keepsToken ? { accessTokenProvider: createKeepingProvider(getToken) } : {}),
      storageName: `keys ${name}`,
      groupStorageName: `groups ${name}`,
      ...options,
    });
    if (verifies) client.cardManager.cardVerifier = createVerifier(client);
    devices.set(name, client);
    return client.identity;
  },

  register: (client) => client.register(),
  rotatePrivateKey: (client) => client.rotatePrivateKey(),
  unregister: (client) => client.unregister(),
  cleanup: (client) => client.cleanup(),
  hasLocalPrivateKey: (client) => client.hasLocalPrivateKey(),

  async findUsers(client, identities) {
    const found = await client.findUsers(identities);
    if (typeof identities === 'string') return describeCard(client, found);
    return mapValues(found, (card) => describeCard(client, card));
  },

  async lookupPublicKeys(client, identities) {
    const found = await client.lookupPublicKeys(identities);
    if (typeof identities === 'string') return exportKey(client, found);
    return mapValues(found, (key) => exportKey(client, key));
  },

  encrypt: async (client, data, readers) => client.encrypt(data, await find(client, readers)),
  decrypt: async (client, data, sender, date) => client.decrypt(data, await find(client, sender), date),
  authEncrypt: async (client, data, readers) => client.authEncrypt(data, await find(client, readers)),
  authDecrypt: async (client, data, sender, date) => client.authDecrypt(data, await find(client, sender), date),
  encryptForKeys: async (client, data, readers) => client.encrypt(data, await client.lookupPublicKeys(readers)),

  /** A second current card, which replaces none. */
  async publishAnotherCard(client) {
    await client.cardManager.publishCard({ identity: client.identity, ...client.virgilCrypto.generateKeys() });
  },

  /** A card of any identity, by the token that the client has. */
  async publishCardOf(client, identity) {
    const raw = client.cardManager.generateRawCard({ identity, ...client.virgilCrypto.generateKeys() });
    await client.cardManager.publishRawCard(raw);
  },

  getCard: async (client, id) => describeCard(client, await client.cardManager.getCard(id)),
  searchCards: async (client, identities) =>
    (await client.cardManager.searchCards(identities)).map((card) => describeCard(client, card)),
  revokeCard: (client, id) => client.cardManager.revokeCard(id),

  async exportPrivateKey(client) {
    const { value } = await client.keyEntryStorage.load(client.identity);
    return value;
  },
};

process.on('message', ({ id, command, device, args }) => {
  run(command, device, args).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: describeError(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send('ready');

async function run(command, device, args) {
  return commands[command](devices.get(device), ...args);
}

const find = async (client, identities) => (identities === undefined ? undefined : client.findUsers(identities));

/** With an apiUrl of one's own the client verifies no card, unless an app sees to it. */
function createVerifier({ virgilCrypto }) {
  return new VirgilCardVerifier(new VirgilCardCrypto(virgilCrypto), {
    verifySelfSignature: true,
    verifyVirgilSignature: false,
    whitelists: [[{ signer: 'virgil', publicKeyBase64: servicePublicKey }]],
  });
}

function describeCard(client, { id, identity, publicKey, createdAt, isOutdated, previousCardId, previousCard }) {
  return {
    id,
    identity,
    publicKey: exportKey(client, publicKey),
    createdAt,
    isOutdated,
    previousCardId,
    previousCard: previousCard && describeCard(client, previousCard),
  };
}

function exportKey(client, publicKey) {
  return client.virgilCrypto.exportPublicKey(publicKey).toString('hex');
}

function describeError(error) {
  const { name, message, stack, identity, identities, lookupResult, httpStatus, errorCode } = error;
  const isTypeError = error instanceof TypeError;
  return {
    name,
    message,
    stack,
    identity,
    identities,
    isTypeError,
    httpStatus,
    errorCode,
    lookupResult:
      lookupResult && mapValues(lookupResult, (value) => (value instanceof Error ? { name: value.name } : 'a key')),
  };
}

function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}

function createKeepingProvider(getToken) {
  let kept;
  return {
    async getToken({ forceReload }) {
      if (kept === undefined || forceReload) kept = Jwt.fromString(await getToken());
      return kept;
    },
  };
}

/** As an app of the official samples does: sign in at the backend, then ask it for a token. */
async function fetchToken(identity) {
  const { authToken } = await askBackend('POST', '/authenticate', { body: JSON.stringify({ identity }) });
  const { virgilToken } = await askBackend('GET', '/virgil-jwt', { headers: { Authorization: `Bearer ${authToken}` } });
  return virgilToken;
}

function askBackend(method, path, { headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, backendUrl), {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
    });
    outgoing.on('error', reject);
    outgoing.on('response', async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      if (response.statusCode === 200) resolve(JSON.parse(text));
      else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
    });
    outgoing.end(body);
  });
}
