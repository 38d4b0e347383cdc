// Stands for the sign-in of your app: the sample backend signs in anyone.
const { BACKEND_URL = 'http://localhost:3000' } = process.env;

export async function fetchToken(identity) {
  const { authToken } = await fetchJson('/authenticate', { method: 'POST', body: JSON.stringify({ identity }) });
  const { virgilToken } = await fetchJson('/virgil-jwt', { headers: { Authorization: `Bearer ${authToken}` } });
  return virgilToken;
}

async function fetchJson(path, init) {
  const response = await fetch(BACKEND_URL + path, init);
  if (!response.ok) throw new Error(`The backend answered ${path} with ${response.status} ${response.statusText}.`);
  return response.json();
}
