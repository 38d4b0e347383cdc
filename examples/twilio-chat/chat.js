// node chat.js mia noah: what is typed goes to the other one, and what the other one types is shown. Two terminals, one each way round.
import { createInterface } from 'node:readline';
import { encrypted } from '@sotto/chat-twilio';
import { EThree } from '@sotto/e3kit';
import { Client } from '@twilio/conversations';
import { fetchConfig, signIn } from './backend.js';

const [me, peer] = process.argv.slice(2);
if (!me || !peer) {
  console.error('usage: node chat.js <my name> <name of the other one>');
  process.exit(2);
}

const { apiUrl, servicePublicKey, twilio } = await fetchConfig();
const { fetchVirgilToken, fetchTwilioToken } = await signIn(me);

// The keys: made on this device, and kept here.
const eThree = await EThree.initialize(fetchVirgilToken, {
  apiUrl,
  servicePublicKey,
  storageName: `.keys-of-${me}`,
  groupStorageName: `.groups-of-${me}`,
});
if (!(await eThree.hasLocalPrivateKey())) await eThree.register();

// Twilio, as in any app.
const client = new Client(await fetchTwilioToken(), { Twilsock: twilio.twilsock });
await new Promise((resolve, reject) => {
  client.on('initialized', resolve);
  client.on('connectionError', ({ terminal, message }) => terminal && reject(new Error(message)));
});
client.on('tokenAboutToExpire', async () => client.updateToken(await fetchTwilioToken()));
const conversation = await openConversation([me, peer].sort().join(' and '));

// The one line that encrypts.
const chat = await encrypted(conversation, eThree, { client });

const { items } = await chat.getMessages(20);
items.forEach(show);
chat.on('messageAdded', show);
chat.on('memberUnknown', ({ identity }) => {
  // A real app asks its user. Here the only one who may come is the peer.
  if (identity === peer) void chat.acceptMember(identity);
});

console.error(`${me} and ${peer}, encrypted from end to end. Ctrl-D ends.`);
const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  if (line === '') continue;
  // Refused before anything is sent, for example while the other one has no key yet.
  await chat.sendMessage(line).catch(({ code, message }) => console.error(`not sent: ${code}: ${message}`));
}

await chat.close();
await client.shutdown();
process.exit(); // timers of the Twilio client would keep it running

function show({ author, body, verification }) {
  const { state } = verification;
  if (state === 'verified') console.log(`${author}: ${body}`);
  else console.log(`${author} (${state === 'failed' ? verification.reason : state}): ${body ?? ''}`);
}

/** The conversation of this name; made by whoever comes first. */
async function openConversation(uniqueName) {
  try {
    return await client.getConversationByUniqueName(uniqueName);
  } catch {
    const conversation = await client.createConversation({ uniqueName });
    await conversation.join();
    await conversation.add(peer);
    return conversation;
  }
}
