/** The third pane: the requests that the service was sent since this page was opened, from the backend's record. */
/* global document */
import { createElement } from './elements.js';

const URL_PATH = '/demo/seen';
const PERIOD_MS = 1000;
const PERIOD_WHEN_AWAY_MS = 4000;
/** As many as the backend keeps. */
const MAX_ENTRIES = 200;

/** By method and path: what a request asks for, from its body. */
const MEANINGS = {
  'POST /card/v5': () => 'publishes a card: a public key and whose it is, signed',
  'POST /card/v5/actions/search': ({ identities }) => `asks for the card of ${identities.join(', ')}`,
  'GET /.well-known/sotto': () => 'asks by which keys the service signs cards',
};

/** Resolves when the record was found, or was not: what comes later is shown as it comes. */
export async function watchSeen() {
  const find = (name) => document.getElementById(`seen-${name}`);
  const [status, log, empty, list] = ['status', 'log', 'empty', 'list'].map(find);
  let run;
  let last;
  let count = 0;
  let isAway = false;
  let isHidden = false;

  const show = (requests) => {
    const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
    for (const request of requests) list.append(createRequest(request));
    while (list.childElementCount > MAX_ENTRIES) list.firstElementChild.remove();
    count += requests.length;
    empty.hidden = count > 0;
    if (requests.length > 0 && isAtEnd) log.scrollTop = log.scrollHeight;
  };

  const look = async () => {
    try {
      let answer = await fetchSeen(last);
      // A service that was started anew counts from the beginning.
      if (run !== undefined && answer.run !== run) answer = await fetchSeen(0);
      ({ run, last } = answer);
      isAway = false;
      show(answer.requests);
      setText(status, `${count} ${count === 1 ? 'request' : 'requests'} since this page was opened`);
    } catch (error) {
      isAway = true;
      isHidden = error instanceof HiddenError;
      setText(
        status,
        isHidden ? 'Only sotto dev --demo shows this, on localhost.' : 'No answer. Is sotto dev still running?',
      );
    }
    status.classList.toggle('away', isAway);
  };
  // One after the other: two at once would show the same requests twice.
  let turn = Promise.resolve();
  const refresh = () => (turn = turn.then(() => (isHidden ? undefined : look())));
  const lookAgain = async () => {
    if (document.visibilityState === 'visible') await refresh();
    setTimeout(lookAgain, isAway ? PERIOD_WHEN_AWAY_MS : PERIOD_MS);
  };

  await refresh();
  setTimeout(lookAgain, PERIOD_MS);
  return { refresh };
}

/** The backend has no record, or shows it to this machine's own names alone. */
class HiddenError extends Error {}

async function fetchSeen(after) {
  const response = await fetch(after === undefined ? URL_PATH : `${URL_PATH}?after=${after}`);
  if (response.status === 404) throw new HiddenError();
  if (!response.ok) throw new Error(`${URL_PATH} answered with ${response.status}.`);
  return response.json();
}

/** Only a change is written, since a screen reader says whatever is. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function createRequest({ method, path, size, body, isCut }) {
  const meaning = explain({ method, path, body });
  const head = [
    createElement('span', { className: 'request' }, createElement('b', {}, method), ` ${path}`),
    createElement('span', { className: 'size' }, `${size} bytes`),
  ];
  if (meaning) head.push(createElement('span', { className: 'meaning' }, meaning));
  if (size === 0) return createElement('li', {}, createElement('div', { className: 'summary' }, ...head));
  const parts = [createBody('Body', isCut ? `${body}\n… cut here` : formatJson(body))];
  const content = readCardContent(body);
  if (content) parts.push(createBody('content_snapshot, decoded', content));
  return createElement('li', {}, createElement('details', {}, createElement('summary', {}, ...head), ...parts));
}

/** Undefined for what is not in the table, or not as the client sends it. */
function explain({ method, path, body }) {
  try {
    return MEANINGS[`${method} ${path}`]?.(body === '' ? {} : JSON.parse(body));
  } catch {
    return undefined;
  }
}

function createBody(label, text) {
  return createElement(
    'div',
    {},
    createElement('p', { className: 'label' }, label),
    createElement('pre', { tabIndex: 0, role: 'group', ariaLabel: label }, text),
  );
}

function formatJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** What a card says, which travels as base64; undefined for other requests. */
function readCardContent(body) {
  try {
    const { content_snapshot: content } = JSON.parse(body);
    return typeof content === 'string' ? formatJson(atob(content)) : undefined;
  } catch {
    return undefined;
  }
}
