// An app that encrypts its chat over Twilio's SDK. What its user would do and see, it leaves to whoever drives the page.
import { encrypted } from '@sotto/chat-twilio';
import { EThree } from '@sotto/e3kit';
import { fetchToken } from '../client/fetch-token.js';
import { readPush, startPushWorker } from './push.js';
import { STORAGE_NAME } from './storage-name.js';

/** What came by an event or was loaded, by its place in the conversation. */
const messages = new Map();

const chat = {
  /** How far the clock of this device is ahead. */
  aheadMs: 0,
  signIn,
  connect,
  enter,
  load,
  show,
  find,
  digestOf,
  startPushWorker,
  readPush,
};
globalThis.chat = chat;

/** Opens the client of a user, whose keys are in IndexedDB. `begin` is what a device without one does: `register` or `rotatePrivateKey`. */
async function signIn({ identity, backendUrl, begin, ...options }) {
  const eThree = await EThree.initialize(() => fetchToken(identity, backendUrl), {
    storageName: STORAGE_NAME,
    clock: () => Date.now() + chat.aheadMs,
    ...options,
  });
  if (!(await eThree.hasLocalPrivateKey())) await eThree[begin]();
  chat.eThree = eThree;
}

/** Connects Twilio's own client. */
async function connect(token, uri) {
  const client = new globalThis.Twilio.Conversations.Client(token, { Twilsock: { uri } });
  await new Promise((resolve, reject) => {
    client.on('initialized', resolve);
    client.on('initFailed', ({ error }) => reject(error));
  });
  chat.client = client;
}

/** Opens an encrypted conversation, and shows what comes in. */
async function enter(sid) {
  const conversation = await chat.client.getConversationBySid(sid);
  chat.conversation = await encrypted(conversation, chat.eThree, { client: chat.client });
  chat.conversation.on('messageAdded', note);
}

/** Shows what was there before, a page of so many messages at a time. */
async function load(pageSize) {
  let page = await chat.conversation.getMessages(pageSize);
  page.items.forEach(note);
  while (page.hasPrevPage) {
    page = await page.prevPage();
    page.items.forEach(note);
  }
}

function note(message) {
  messages.set(message.index, message);
}

/** What is on the screen, the oldest first. */
function show() {
  return [...messages.values()]
    .sort((a, b) => a.index - b.index)
    .map(({ author, body, verification, warnings, edited, reactions, attachments }) => ({
      author,
      body,
      state: verification.reason ?? verification.state,
      device: verification.device,
      warnings: warnings.map(({ code }) => code),
      edited,
      reactions,
      files: attachments.map(({ name, type, size }) => ({ name, type, size })),
    }));
}

/** The message with this text; with null, one of files alone. */
function find(text) {
  return [...messages.values()].find(({ body }) => body === text);
}

/** SHA-256, in hexadecimal digits. */
async function digestOf(blob) {
  const digest = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
