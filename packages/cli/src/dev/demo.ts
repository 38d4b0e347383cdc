/**
 * The article, played once with real devices, backend and service: alice writes to bob, and then we look at what the
 * service was sent. The devices keep their keys in the data folder, so alice and bob are the same at the next start.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TwilioAccount } from '@sotto/auth';
import { base64ToBytes, bytesToBase64, isSdkError, utf8ToBytes } from '@sotto/core';
import type { EThree } from '@sotto/e3kit';
import type { RunningService } from '@sotto/service';
import type { Terminal } from '../terminal.ts';
import { prepareCredentials } from './credentials.ts';
import { type DemoSurroundings, openDemoDevice } from './demo-device.ts';
import { createDevBackend } from './dev-backend.ts';
import { holdsSecret, privateKeysIn, type Witness } from './witness.ts';

/** Of the application in which the article is played: in that of the chat, alice and bob are whoever signs in by these names. */
const APPLICATION = 'sotto dev: the article';

const TEXT = 'Hello Bob, nobody between us can read this.';

export interface DemoParts {
  readonly dataDir: string;
  readonly service: RunningService;
  readonly twilio: TwilioAccount;
  readonly witness: Witness;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

export async function playDemo(parts: DemoParts): Promise<void> {
  const { terminal, signal } = parts;
  terminal.result('\nThe article, played once:');
  const surroundings = await prepareSurroundings(parts);
  const alice = await openDevice('alice', parts, surroundings);
  const bob = await openDevice('bob', parts, surroundings);

  const message = await alice.authEncrypt(TEXT, await alice.findUsers('bob', { signal }));
  tell(terminal, 'alice', 'encrypts', `"${TEXT}"`);
  tell(terminal, '', 'sends', `${message.slice(0, 40)}… (${message.length} characters)`);

  const aliceCard = await bob.findUsers('alice', { signal });
  tell(terminal, 'bob', 'decrypts', `"${await bob.authDecrypt(message, aliceCard)}"`);
  const code = await codeOfRefusal(() => bob.authDecrypt(changeLastByte(message), aliceCard));
  tell(terminal, '', 'verifies', `alice signed it; a copy with one changed byte is refused (${code})`);

  await showRequests(parts, [alice, bob]);
}

function tell(terminal: Terminal, who: string, does: string, what: string): void {
  terminal.result(`  ${who.padEnd(5)}  ${does.padEnd(9)}  ${what}`);
}

async function prepareSurroundings({ dataDir, service, twilio }: DemoParts): Promise<DemoSurroundings> {
  const folder = join(dataDir, 'demo');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const credentials = await prepareCredentials(folder, service.store, { name: APPLICATION, twilio });
  return { folder, service, backend: await createDevBackend({ credentials, service }) };
}

/** The device of one user, registered if this is its first start. */
async function openDevice(
  identity: string,
  { terminal, signal }: DemoParts,
  surroundings: DemoSurroundings,
): Promise<EThree> {
  const { eThree, directory } = await openDemoDevice(identity, surroundings);
  const isKnown = await eThree.hasLocalPrivateKey();
  if (!isKnown) await eThree.register(undefined, { signal });
  tell(terminal, identity, isKnown ? 'is back' : 'registers', `the private key stays in ${directory}`);
  return eThree;
}

function changeLastByte(message: string): string {
  const bytes = base64ToBytes(message);
  const last = bytes.length - 1;
  return bytesToBase64(bytes.with(last, (bytes[last] ?? 0) ^ 1));
}

async function codeOfRefusal(task: () => Promise<unknown>): Promise<string> {
  try {
    await task();
  } catch (error) {
    if (isSdkError(error)) return error.code;
    throw error;
  }
  throw new Error('a changed message was accepted');
}

/** Lists the requests, and looks in each of them for the text and for the private keys that the devices hold. */
async function showRequests({ witness, terminal }: DemoParts, devices: readonly EThree[]): Promise<void> {
  const requests = witness.conclude();
  terminal.result('\nWhat the service saw of it:');
  for (const { method, path, body } of requests) {
    terminal.result(`  ${method.padEnd(4)} ${path.padEnd(26)} ${utf8ToBytes(body).length} bytes`);
  }

  const entries = await Promise.all(devices.map(({ keyStore }) => keyStore.list()));
  const keys = await Promise.all(entries.flat().map(({ value }) => privateKeysIn(value)));
  const secrets = [utf8ToBytes(TEXT), ...keys.flat()];
  if (secrets.length < 1 + devices.length) throw new Error('no private keys were found to look for');
  if (requests.some((request) => secrets.some((secret) => holdsSecret(request, secret)))) {
    throw new Error('the service was sent a secret');
  }
  terminal.result(
    `  Neither the text nor one of the ${secrets.length - 1} private keys is in any of it, nor as base64 or hex.`,
  );
}
