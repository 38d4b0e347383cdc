/** A client that tells apart what it was told: that it is done, that it is not, or nothing that says which. */
import { Agent, request } from 'node:http';

/** Answers that leave open whether what was asked has happened: internal, not-ready, too-slow. */
const OPEN_CODES = [10000, 70010, 70011];

export function createClient({ urls, random, milliseconds = 90_000 }) {
  const agent = new Agent({ keepAlive: true });
  let longest = 0;
  return {
    /** `outcome`, and what there was of `status`, `code`, `body`, `headers`. Never rejects. */
    async send(call) {
      const sentAt = performance.now();
      const answer = await ask({ agent, url: random.pick(urls()), milliseconds, ...call });
      longest = Math.max(longest, performance.now() - sentAt);
      return answer;
    },
    /** Milliseconds of the request that took longest. */
    longest: () => longest,
    close: () => agent.destroy(),
  };
}

function ask({ agent, url, milliseconds, method = 'POST', path, token, headers, body }) {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const own = {
    ...(token === undefined ? {} : { Authorization: `Virgil ${token}` }),
    ...(content === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(content) }),
    ...headers,
  };
  return new Promise((resolve) => {
    const fail = (error) => resolve({ outcome: 'unknown', error });
    const sent = request(url + path, { method, agent, headers: own }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', fail);
      response.on('aborted', () => fail(new Error('the answer was cut off')));
      response.on('end', () => resolve(readAnswer(response, Buffer.concat(chunks))));
    });
    sent.setTimeout(milliseconds, () => sent.destroy(new Error('no answer in time')));
    sent.on('error', fail);
    sent.end(content);
  });
}

function readAnswer({ statusCode: status, headers, complete }, bytes) {
  if (!complete) return { outcome: 'unknown', error: new Error('the answer was cut off') };
  let body;
  try {
    body = bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
  } catch (error) {
    return { outcome: 'unknown', status, error };
  }
  const outcome = status === 200 ? 'acknowledged' : OPEN_CODES.includes(body?.code) ? 'unknown' : 'refused';
  return { outcome, status, code: body?.code, body, headers };
}
