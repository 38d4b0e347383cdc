// The service worker: reads a message with what the device has, without the app.
import { createIndexedDbCardCache, createIndexedDbKeyStore, openPush } from '@sotto/e3kit/push';
import { STORAGE_NAME } from './storage-name.js';

const keyStore = createIndexedDbKeyStore({ name: STORAGE_NAME });
const cards = createIndexedDbCardCache({ name: STORAGE_NAME });

globalThis.addEventListener('message', (event) => {
  const { ciphertext, options } = event.data;
  const answer = (content) => event.ports[0].postMessage(content);
  const opened = openPush(ciphertext, { keyStore, cards, ...options });
  event.waitUntil(opened.then(answer, (error) => answer({ code: error.code ?? String(error) })));
});
