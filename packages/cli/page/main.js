/**
 * The demo page: two people with a key each, and between them this page, which carries what one writes to the other.
 * The client is loaded after the panes are there, so that they can say why it is not.
 */
/* global document, location */
import { createPane } from './pane.js';
import { BACKEND_AWAY, describeProblem, isRefusal } from './problems.js';
import { watchSeen } from './seen.js';
import { countBytes, flipByte } from './wire.js';

const alice = { person: 'alice', name: 'Alice', peerName: 'Bob' };
const bob = { person: 'bob', name: 'Bob', peerName: 'Alice' };
const people = [alice, bob];

for (const it of people) it.pane = createPane(it);
connect(alice, bob);
connect(bob, alice);
document.getElementById('start-over').addEventListener('click', startOver);

// Before the first key is made, so that its publication is seen.
const seen = await watchSeen();
const users = await loadUsers();
if (users) await Promise.all(people.map((it) => open(it)));

function connect(from, to) {
  from.pane.onSend((message) => send(from, to, message));
}

/** The module of the client. A module that did not load never will in this document: hence the reload. */
async function loadUsers() {
  try {
    return await import('./users.js');
  } catch {
    for (const { pane } of people) pane.showUnopened({ problem: BACKEND_AWAY, retry: () => location.reload() });
    return undefined;
  }
}

async function open(it) {
  const { pane, person } = it;
  it.identity = users.readIdentity(person);
  pane.showIdentity(it.identity);
  pane.showLoading('Looking for the key…');
  try {
    const config = await users.fetchConfig().catch(() => undefined);
    if (config === undefined) return pane.showUnopened({ problem: BACKEND_AWAY, retry: () => reopen(it) });
    const onMakingKey = () => pane.showLoading('Making a key…');
    const { client, isNew } = await users.openUser({ person, identity: it.identity, config, onMakingKey });
    it.client = client;
    pane.showReady(isNew ? 'new key, made in this browser' : 'key from this browser');
  } catch (error) {
    pane.showUnopened({ problem: describeProblem(error), retry: () => reopen(it) });
  }
  await seen.refresh();
}

async function reopen(it) {
  await open(it);
  if (it.client) it.pane.focus();
}

/** Encrypts, and hands it over. Whether it went out. */
async function send(from, to, { text, isTampered }) {
  if (!to.client) {
    from.pane.addUnsent({ problem: { message: `${to.name} has no key in use. The other pane says why.` } });
    return false;
  }
  let wire;
  try {
    wire = await from.client.authEncrypt(text, await from.client.findUsers(to.identity));
  } catch (error) {
    from.pane.addUnsent({ problem: describeProblem(error) });
    return false;
  }
  from.pane.addSent(text);
  await receive(to, from, isTampered ? flipByte(wire) : { wire });
  await seen.refresh();
  return true;
}

/** Decrypts what came, if the sender signed it. */
async function receive(to, from, { wire, change }) {
  const message = { wire, change, size: countBytes(wire) };
  try {
    const text = await to.client.authDecrypt(wire, await to.client.findUsers(from.identity));
    to.pane.addVerified({ ...message, text });
  } catch (error) {
    const problem = describeProblem(error);
    if (isRefusal(error)) return to.pane.addRefused({ ...message, problem });
    to.pane.addUnchecked({ problem, retry: () => receive(to, from, { wire, change }) });
  }
}

/** Other names with other keys; those of now leave this browser. */
async function startOver() {
  await Promise.allSettled(people.map(({ client }) => client?.cleanup()));
  users?.forgetIdentities();
  location.reload();
}
