// Hands the client to whoever drives the page.
import * as kit from '@virgilsecurity/e3kit';

globalThis.kit = kit;

/** Opens the client of `identity`, with tokens from the sample backend. */
globalThis.openDevice = ({ identity, backendUrl, ...options }) =>
  kit.EThree.initialize(() => fetchToken(identity, backendUrl), options);

globalThis.fetchToken = fetchToken;

/** As an app does: signs in at the backend, then asks it for a token. */
async function fetchToken(identity, backendUrl) {
  const body = JSON.stringify({ identity });
  const { authToken } = await fetchJson(`${backendUrl}/authenticate`, { method: 'POST', body });
  const headers = { Authorization: `Bearer ${authToken}` };
  const { virgilToken } = await fetchJson(`${backendUrl}/virgil-jwt`, { headers });
  return virgilToken;
}

async function fetchJson(url, init) {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered with ${response.status}.`);
  return response.json();
}
