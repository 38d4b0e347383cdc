/** Requests over connections that are kept, as few as possible between the clock and the service. */
import { Agent, request } from 'node:http';

/** Sends `requests` to the nodes at `urls` in turns, `concurrency` of them at a time. Gives back the milliseconds of each, and of all. */
export async function sendAll(agent, urls, requests, concurrency) {
  const latencies = [];
  const waiting = [...requests].reverse();
  const began = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const sent = performance.now();
        await send(agent, urls[waiting.length % urls.length], next);
        latencies.push(performance.now() - sent);
      }
    }),
  );
  return { latencies, elapsed: performance.now() - began };
}

/** An agent that holds on to its connections. */
export function createAgent(connections) {
  return new Agent({ keepAlive: true, maxSockets: connections });
}

/** The body of the answer. @throws Error for a status other than 200 */
export function send(agent, url, { method = 'POST', path, token, headers: ownHeaders, body }) {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    Authorization: `Virgil ${token}`,
    ...ownHeaders,
    ...(content === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(content) }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method, agent, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(answer);
        else reject(new Error(`${method} ${path} was answered by ${response.statusCode}: ${answer}`));
      });
    });
    sent.on('error', reject);
    sent.end(content);
  });
}
