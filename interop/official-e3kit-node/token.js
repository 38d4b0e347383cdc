// Tokens as an app of the official samples has them: sign in at the backend, then ask it for one.
import { request } from 'node:http';

export async function fetchToken(identity, backendUrl) {
  const { authToken } = await askBackend(new URL('/authenticate', backendUrl), {
    method: 'POST',
    body: JSON.stringify({ identity }),
  });
  const { virgilToken } = await askBackend(new URL('/virgil-jwt', backendUrl), {
    headers: { Authorization: `Bearer ${authToken}` },
  });
  return virgilToken;
}

function askBackend(url, { method = 'GET', headers = {}, body }) {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: { 'Content-Type': 'application/json', ...headers } });
    outgoing.on('error', reject);
    outgoing.on('response', async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      if (response.statusCode === 200) resolve(JSON.parse(text));
      else reject(new Error(`${method} ${url.pathname}: ${response.statusCode} ${text}`));
    });
    outgoing.end(body);
  });
}
