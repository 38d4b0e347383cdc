/** Alice and Bob: their names in this browser, and their clients. */
/* global localStorage */
import { EThree } from '@sotto/e3kit';

const STORAGE_KEY = 'sotto-demo-suffixes';

/** Made once per browser, so that a reload meets the keys it made. Without storage, the client says what is wrong. */
export function readIdentity(person) {
  const suffixes = readSuffixes();
  suffixes[person] ??= randomSuffix();
  writeSuffixes(suffixes);
  return `${person}-${suffixes[person]}`;
}

export function forgetIdentities() {
  try {
    localStorage.removeItem(STORAGE_KEY);
  } catch {
    // Nothing is kept where storage is blocked.
  }
}

/** The client of a user, whose key is made if this browser does not have it. */
export async function openUser({ person, identity, config, onMakingKey }) {
  const client = await EThree.initialize(() => fetchToken(identity), {
    apiUrl: config.apiUrl,
    servicePublicKey: config.servicePublicKey,
    storageName: `sotto-demo-${person}`,
  });
  const isKnown = await client.hasLocalPrivateKey();
  if (!isKnown) {
    onMakingKey();
    await registerOnce(client);
  }
  return { client, isNew: !isKnown };
}

/** Another tab of this browser may have been faster: then the key is here as well. */
async function registerOnce(client) {
  try {
    await client.register();
  } catch (error) {
    if (error.code !== 'register/already-registered' || !(await client.hasLocalPrivateKey())) throw error;
  }
}

/** Addresses and the service's public key, from the backend that served this page. */
export async function fetchConfig() {
  return fetchJson('/config');
}

/** What an app does: sign in at its backend, then ask it for a token. */
async function fetchToken(identity) {
  const { authToken } = await fetchJson('/authenticate', { method: 'POST', body: JSON.stringify({ identity }) });
  const { virgilToken } = await fetchJson('/virgil-jwt', { headers: { Authorization: `Bearer ${authToken}` } });
  return virgilToken;
}

async function fetchJson(path, init) {
  const response = await fetch(path, init);
  if (!response.ok) throw new Error(`${path} answered with ${response.status}.`);
  return response.json();
}

function randomSuffix() {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('');
}

function readSuffixes() {
  try {
    return JSON.parse(localStorage.getItem(STORAGE_KEY)) ?? {};
  } catch {
    return {};
  }
}

function writeSuffixes(suffixes) {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(suffixes));
  } catch {
    // The client meets the same and reports it.
  }
}
