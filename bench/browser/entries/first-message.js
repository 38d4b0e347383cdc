/**
 * Milliseconds until the client's module has run, and until it has sealed a message for its user, as `globalThis.firstMessage`. Both
 * count from when the page was asked for. Settings come behind the # of the address.
 */
export function reportFirstMessage(EThree) {
  globalThis.firstMessage = sealFirst(EThree, performance.now());
}

async function sealFirst(EThree, loaded) {
  const { token, registers, ...settings } = JSON.parse(decodeURIComponent(globalThis.location.hash.slice(1)));
  const eThree = await EThree.initialize(async () => token, settings);
  if (registers) await eThree.register();
  await eThree.authEncrypt('hello');
  return { loaded, sealed: performance.now() };
}
