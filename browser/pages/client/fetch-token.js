// As an app does: signs in at the backend, then asks it for a token.
export async function fetchToken(identity, backendUrl) {
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
