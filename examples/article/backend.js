// What the article's app asks of its backend: to sign a user in, and for tokens of who is signed in.
const backendUrl = 'http://localhost:3000';

export async function authenticate(identity) {
  const { authToken } = await fetchJson('/authenticate', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ identity }),
  });
  return authToken;
}

export async function fetchVirgilToken(authToken) {
  const { virgilToken } = await fetchJson('/virgil-jwt', { headers: { Authorization: `Bearer ${authToken}` } });
  return virgilToken;
}

async function fetchJson(path, init) {
  const response = await fetch(backendUrl + path, init);
  if (!response.ok) throw new Error(`The backend answered ${path} with ${response.status} ${response.statusText}.`);
  return response.json();
}
