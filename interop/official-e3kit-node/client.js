// Users of the official client, in a process of their own, driven by messages from its parent: { id, command, device, group, args }
// is answered by { id, result } or { id, error }, and by { id, group } with a handle of the group where one is the result.

// The wasm loader of virgil-crypto 4 prefers fetch where there is one, and gives it the path of a file.
delete globalThis.fetch;

import { createRequire } from 'node:module';
import { describeCard, describeError, exportKey, mapValues } from './describe.js';
import { fetchToken } from './token.js';

const require = createRequire(import.meta.url);
const { EThree } = require('@virgilsecurity/e3kit-node');
const { VirgilCardCrypto } = require('virgil-crypto');
const { Jwt, VirgilCardVerifier } = require('virgil-sdk');

const { apiUrl, backendUrl, servicePublicKey } = JSON.parse(process.argv[2]);
const devices = new Map();
const groups = new Map();

const commands = {
  async open(_device, name, identity, { keepsToken, verifies = true, ...options }) {
    const getToken = () => fetchToken(identity, backendUrl);
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

  derivePasswords: async (_client, password) => EThree.derivePasswords(password),
  backupPrivateKey: (client, ...args) => client.backupPrivateKey(...args),
  restorePrivateKey: (client, ...args) => client.restorePrivateKey(...args),
  changePassword: (client, ...args) => client.changePassword(...args),
  resetPrivateKeyBackup: (client, ...args) => client.resetPrivateKeyBackup(...args),
  resetPrivateKeyBackupWithKeyName: (client, keyName) => client.resetPrivateKeyBackupWithKeyName(keyName),

  deleteGroup: (client, id) => client.deleteGroup(id),
};

/** Commands that give a group, or null. */
const groupGivers = {
  createGroup: async (client, id, participants) => client.createGroup(id, await find(client, participants)),
  loadGroup: async (client, id, initiator) => client.loadGroup(id, await find(client, initiator)),
  getGroup: (client, id) => client.getGroup(id),
};

/** On a group as the device has it in hand. */
const groupCommands = {
  initiator: (_client, group) => group.initiator,
  participants: (_client, group) => group.participants,
  isEditable: (_client, group) => group.isEditable(),
  encrypt: (_client, group, data) => group.encrypt(data),
  decrypt: async (client, group, data, sender, date) => group.decrypt(data, await find(client, sender), date),
  update: (_client, group) => group.update(),
  add: async (client, group, identities) => group.add(await find(client, identities)),
  remove: async (client, group, identities) => group.remove(await find(client, identities)),
  reAdd: async (client, group, identity) => group.reAdd(await find(client, identity)),
};

process.on('message', ({ id, ...call }) => {
  run(call).then(
    (answer) => process.send({ id, ...answer }),
    (error) => process.send({ id, error: describeError(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send('ready');

async function run({ command, device, group, args }) {
  const client = devices.get(device);
  if (group !== undefined) return { result: await groupCommands[command](client, groups.get(group), ...args) };
  if (!(command in groupGivers)) return { result: await commands[command](client, ...args) };
  const given = await groupGivers[command](client, ...args);
  if (given === null) return { result: null };
  const handle = groups.size;
  groups.set(handle, given);
  return { group: handle };
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

function createKeepingProvider(getToken) {
  let kept;
  return {
    async getToken({ forceReload }) {
      if (kept === undefined || forceReload) kept = Jwt.fromString(await getToken());
      return kept;
    },
  };
}
