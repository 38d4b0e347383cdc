// Histories: long ones, those of other devices, and those from before a member came.
import { startWorld, type World } from '@sotto/testing';
import { startTwilioWorld, type TwilioWorld, twilioMajors } from '@sotto/testing/twilio-world';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encrypted } from './encrypted.ts';
import type { DecryptedPage, EncryptedConversation, EncryptedOptions } from './encrypted-types.ts';

type User = Awaited<ReturnType<World['createUser']>>;

let world: World;
let alice: User;
let alicesLaptop: User;
let bob: User;
let carol: User;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.createUser('alice');
  await alice.backupPrivateKey('a good password');
  alicesLaptop = await world.createClient('alice');
  await alicesLaptop.restorePrivateKey('a good password');
  bob = await world.createUser('bob');
  carol = await world.createUser('carol');
});
afterAll(() => world.close());

describe.each(twilioMajors)('the history of a conversation over @twilio/conversations %s', (_major, Client) => {
  let twilio: TwilioWorld;
  let sid: string;
  let ofAlice: EncryptedConversation;
  const handles: EncryptedConversation[] = [];

  beforeEach(async () => {
    twilio = await startTwilioWorld(Client);
    ({ sid } = await twilio.createConversation(await twilio.connect('alice'), ['bob']));
    ofAlice = await open(alice);
  });
  afterEach(async () => {
    await Promise.all(handles.splice(0).map((handle) => handle.close()));
    await twilio.close();
  });
  async function open(user: User, options: EncryptedOptions = {}): Promise<EncryptedConversation> {
    const client = await twilio.connect(user.identity);
    const handle = await encrypted(await client.getConversationBySid(sid), user, { client, ...options });
    handles.push(handle);
    return handle;
  }
  async function sendAll(count: number): Promise<string[]> {
    const texts = Array.from({ length: count }, (_, number) => `message ${number}`);
    for (const text of texts) await ofAlice.sendMessage(text);
    return texts;
  }
  const bodiesOf = ({ items }: DecryptedPage): (string | null)[] => items.map(({ body }) => body);

  it('is paged backwards and forward, as with Twilio', async () => {
    const texts = await sendAll(7);
    const ofBob = await open(bob);
    const newest = await ofBob.getMessages(3);
    expect(bodiesOf(newest)).toEqual(texts.slice(4));
    expect(newest).toMatchObject({ hasPrevPage: true, hasNextPage: false });
    const middle = await newest.prevPage();
    expect(bodiesOf(middle)).toEqual(texts.slice(1, 4));
    expect(middle).toMatchObject({ hasPrevPage: true, hasNextPage: true });
    const oldest = await middle.prevPage();
    expect(bodiesOf(oldest)).toEqual(texts.slice(0, 1));
    expect(oldest).toMatchObject({ hasPrevPage: false, hasNextPage: true });
    expect(bodiesOf(await oldest.nextPage())).toEqual(texts.slice(1, 4));
    expect(bodiesOf(await middle.nextPage())).toEqual(texts.slice(4));
    expect(bodiesOf(await (await middle.nextPage()).nextPage())).toEqual([]);
  });

  it('begins at the index that is asked for, in either direction', async () => {
    const texts = await sendAll(6);
    const ofBob = await open(bob);
    const indexOf = (await ofBob.getMessages()).items.map(({ index }) => index);
    expect(bodiesOf(await ofBob.getMessages(2, indexOf[3]))).toEqual(texts.slice(2, 4));
    const forward = await ofBob.getMessages(2, indexOf[2], 'forward');
    expect(bodiesOf(forward)).toEqual(texts.slice(2, 4));
    expect(forward).toMatchObject({ hasPrevPage: true, hasNextPage: true });
    expect(bodiesOf(await forward.prevPage())).toEqual(texts.slice(0, 2));
    expect(bodiesOf(await forward.nextPage())).toEqual(texts.slice(4));
    const beyond = await ofBob.getMessages(2, indexOf[5]! + 1, 'forward');
    expect(bodiesOf(beyond)).toEqual([]);
    expect(beyond).toMatchObject({ hasPrevPage: true, hasNextPage: false });
    expect(bodiesOf(await beyond.prevPage())).toEqual(texts.slice(4));
  });

  it('of nothing is an empty page', async () => {
    const page = await (await open(bob)).getMessages();
    expect(page).toMatchObject({ items: [], hasPrevPage: false, hasNextPage: false });
    expect((await page.prevPage()).items).toEqual([]);
  });

  it('of a thousand messages is read to its beginning', async () => {
    const texts = await sendAll(1_000);
    const ofBob = await open(bob);
    let page = await ofBob.getMessages(100);
    const read = [...page.items];
    while (page.hasPrevPage) {
      page = await page.prevPage();
      read.unshift(...page.items);
    }
    expect(read.map(({ body }) => body)).toEqual(texts);
    expect(read.every(({ verification }) => verification.state === 'verified')).toBe(true);
    expect(read.flatMap(({ warnings }) => warnings)).toEqual([]);
  }, 120_000);

  it('gives the same object for a message that came by live', async () => {
    const ofBob = await open(bob);
    const arrived = new Promise((resolve) => ofBob.once('messageAdded', resolve));
    await ofAlice.sendMessage('one');
    const message = await arrived;
    expect((await ofBob.getMessages()).items[0]).toBe(message);
  });

  it('is the same on two devices of one user, who both write', async () => {
    const laptop = await open(alicesLaptop);
    await ofAlice.sendMessage('from the phone');
    await laptop.sendMessage('from the laptop');
    await ofAlice.sendMessage('from the phone again');
    const page = await (await open(bob)).getMessages();
    expect(bodiesOf(page)).toEqual(['from the phone', 'from the laptop', 'from the phone again']);
    expect(page.items.map(({ verification }) => verification)).toMatchObject(
      page.items.map(() => ({ state: 'verified', sender: 'alice' })),
    );
    const devices = page.items.map(({ verification }) =>
      verification.state === 'verified' ? verification.device : '',
    );
    expect(devices[0]).toBe(devices[2]);
    expect(devices[0]).not.toBe(devices[1]);
    expect(page.items.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(bodiesOf(await laptop.getMessages())).toEqual(bodiesOf(page));
  });

  it('from before a member came stays closed to that member, and says so', async () => {
    await ofAlice.sendMessage('before carol');
    await ofAlice.addParticipant('carol');
    await ofAlice.sendMessage('after carol');
    const page = await (await open(carol)).getMessages();
    expect(bodiesOf(page)).toEqual([null, 'after carol']);
    expect(page.items[0]!.verification).toEqual({ state: 'failed', reason: 'not-for-this-device' });
  });

  it('without what nobody encrypted, if that is to be dropped, is still paged to its ends', async () => {
    await ofAlice.sendMessage('one');
    for (const body of ['plain', 'plainer']) await ofAlice.raw.prepareMessage().setBody(body).build().send();
    await ofAlice.sendMessage('two');
    const ofBob = await open(bob, { onPlaintext: 'drop' });
    let page = await ofBob.getMessages(1);
    const read = [bodiesOf(page)];
    while (page.hasPrevPage) {
      page = await page.prevPage();
      read.push(bodiesOf(page));
    }
    expect(read.flat()).toEqual(['two', 'one']);
  });
});
