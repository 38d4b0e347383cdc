// The page's side of pushes: it starts the service worker, and hands it what a push service would.
const { navigator, trustedTypes } = globalThis;

/** Resolves when the worker is there. A policy that asks for trusted types wants the worker's address to be one. */
export async function startPushWorker() {
  const policy = trustedTypes.createPolicy('push-worker', { createScriptURL: (url) => url });
  await navigator.serviceWorker.register(policy.createScriptURL('/push-worker.js'));
  await navigator.serviceWorker.ready;
}

/** What the worker would show, or the code of its error. */
export async function readPush(ciphertext, options) {
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  const answered = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
  });
  active.postMessage({ ciphertext, options }, [port2]);
  return answered;
}
