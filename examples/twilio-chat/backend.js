// What the app asks of its backend: to sign a user in, for tokens of who is signed in, and where the chat service is.
const { BACKEND_URL = 'http://localhost:3000' } = process.env;

export async function signIn(identity) {
  const { authToken } = await fetchJson('/authenticate', { method: 'POST', body: JSON.stringify({ identity }) });
  const headers = { Authorization: `Bearer ${authToken}` };
  return {
    fetchVirgilToken: async () => (await fetchJson('/virgil-jwt', { headers })).virgilToken,
    fetchTwilioToken: async () => (await fetchJson('/twilio-jwt', { headers })).twilioToken,
  };
}

/** Addresses and the service's public key. `twilio.twilsock` is there where the emulator stands for Twilio. */
export function fetchConfig() {
  return fetchJson('/config');
}

async function fetchJson(path, init) {
  const response = await fetch(BACKEND_URL + path, init);
  if (!response.ok) throw new Error(`The backend answered ${path} with ${response.status} ${response.statusText}.`);
  return response.json();
}
