// Stories of a conversation between users of a real service, over Twilio's official clients and the emulator.
import type { RoomMember } from '@sotto/chat';
import { startWorld, type World } from '@sotto/testing';
import { startTwilioWorld, type TwilioWorld, twilioMajors } from '@sotto/testing/twilio-world';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { encrypted } from './encrypted.ts';
import type {
  DecryptedMessage,
  EncryptedConversation,
  EncryptedOptions,
  MessageUpdate,
  SendMessageOptions,
} from './encrypted-types.ts';
import type { ClientLike } from './twilio-types.ts';

type User = Awaited<ReturnType<World['createUser']>>;

let world: World;
const users = new Map<string, User>();

beforeAll(async () => {
  world = await startWorld();
  for (const identity of ['alice', 'bob', 'carol', 'mallory']) users.set(identity, await world.createUser(identity));
});
afterAll(() => world.close());

describe.each(twilioMajors)('an encrypted conversation over @twilio/conversations %s', (_major, Client) => {
  let twilio: TwilioWorld;
  let sid: string;
  let alice: EncryptedConversation;
  let bob: EncryptedConversation;
  const handles: EncryptedConversation[] = [];

  beforeEach(async () => {
    twilio = await startTwilioWorld(Client);
    twilio.emulator.control.grant('channel user', 'editAnyMessageAttributes', 'editConversationAttributes');
    const creator = await twilio.connect('alice');
    ({ sid } = await twilio.createConversation(creator, ['bob']));
    alice = await open('alice', {}, creator);
    bob = await open('bob');
  });
  afterEach(async () => {
    await Promise.all(handles.splice(0).map((handle) => handle.close()));
    await twilio.close();
  });

  async function open(
    identity: string,
    options: EncryptedOptions = {},
    connected?: ClientLike,
  ): Promise<EncryptedConversation> {
    const client = connected ?? (await twilio.connect(identity));
    const conversation = await client.getConversationBySid(sid);
    const handle = await encrypted(conversation, users.get(identity)!, { client, ...options });
    handles.push(handle);
    return handle;
  }
  function collect(conversation: EncryptedConversation): DecryptedMessage[] {
    const messages: DecryptedMessage[] = [];
    conversation.on('messageAdded', (message) => messages.push(message));
    return messages;
  }
  async function nextMessage(conversation: EncryptedConversation): Promise<DecryptedMessage> {
    return new Promise((resolve) => conversation.once('messageAdded', resolve));
  }
  async function nextUpdate(conversation: EncryptedConversation): Promise<MessageUpdate> {
    return new Promise((resolve) => conversation.once('messageUpdated', resolve));
  }
  function expectUnseen(...texts: string[]): void {
    const seen = Buffer.concat(twilio.emulator.seen.map(({ bytes }) => bytes)).toString('latin1');
    expect(seen.length).toBeGreaterThan(1000);
    for (const text of texts) {
      expect(seen).not.toContain(text);
      expect(seen).not.toContain(Buffer.from(text).toString('base64').slice(0, -4));
    }
  }

  it('carries texts, which Twilio never sees, to their reader, who can tell who wrote them', async () => {
    const arrived = nextMessage(bob);
    const index = await alice.sendMessage('a text that Twilio never sees');
    const message = await arrived;
    expect(message).toMatchObject({
      index,
      author: 'alice',
      body: 'a text that Twilio never sees',
      text: 'a text that Twilio never sees',
      type: 'text',
      verification: { state: 'verified', sender: 'alice' },
      warnings: [],
      edited: false,
    });
    expect(message.dateCreated).toBeInstanceOf(Date);
    expect(message.conversation).toBe(bob);
    expect(message.raw.body).toMatch(/^sotto1:/);
    expect(message.readers.map(({ identity }) => identity).sort()).toEqual(['alice', 'bob']);
    expectUnseen('a text that Twilio never sees');
  });

  it('hands messages out in the order in which they were sent', async () => {
    const messages = collect(bob);
    const texts = Array.from({ length: 20 }, (_, number) => `message ${number}`);
    await Promise.all(texts.map((text) => alice.sendMessage(text)));
    await vi.waitFor(() => expect(messages.map(({ body }) => body)).toEqual(texts), { timeout: 10_000 });
    expect(messages.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('is read by the sender, too', async () => {
    const messages = collect(alice);
    await alice.sendMessage('to both');
    await vi.waitFor(() => expect(messages.map(({ body }) => body)).toEqual(['to both']), { timeout: 10_000 });
  });

  it('carries a text that is longer than Twilio takes', async () => {
    const text = 'long '.repeat(12_000);
    const arrived = nextMessage(bob);
    await alice.sendMessage(text);
    expect(await arrived).toMatchObject({ body: text, type: 'text', attachedMedia: [] });
  });

  it('shows an edit on the message that it changes', async () => {
    const arrived = nextMessage(bob);
    const own = nextMessage(alice);
    await alice.sendMessage('frist');
    const message = await arrived;
    const updated = nextUpdate(bob);
    expect(await (await own).updateBody('first')).toBe(await own);
    const update = await updated;
    expect(update.message).toBe(message);
    expect(update.updateReasons).toContain('body');
    expect(message).toMatchObject({ body: 'first', edited: true, revision: 1, verification: { state: 'verified' } });
    expectUnseen('frist', 'first');
  });

  it('shows that a message was removed', async () => {
    const own = nextMessage(alice);
    const arrived = nextMessage(bob);
    await alice.sendMessage('never mind');
    const message = await arrived;
    const removed = new Promise((resolve) => bob.once('messageRemoved', resolve));
    await (await own).remove();
    expect(await removed).toBe(message);
    expect(message).toMatchObject({ isRemoved: true, body: null, verification: { state: 'removed' } });
    expect((await bob.getMessages()).items).toEqual([]);
  });

  it('carries files in all forms, with names that Twilio never sees', async () => {
    const arrived = nextMessage(bob);
    // Version 2 of the SDK replaces the global class on Node.
    const form = await new Response(new URLSearchParams()).formData();
    form.append('file', new File(['of the form'], 'secret-form.txt', { type: 'text/plain' }));
    const index = await alice
      .prepareMessage()
      .setBody('see files')
      .addMedia({ contentType: 'image/png', filename: 'secret-tree.png', media: Buffer.from('the picture of a tree') })
      .addMedia(new File(['the text of a file'], 'secret-text.txt', { type: 'text/plain' }))
      .addMedia(form)
      .addMedia(new Uint8Array([1, 2, 3]))
      .build()
      .send();
    const message = await arrived;
    expect(message).toMatchObject({ index, body: 'see files', type: 'media', verification: { state: 'verified' } });
    expect(message.attachedMedia).toMatchObject([
      { filename: 'secret-tree.png', contentType: 'image/png', size: 21 },
      { filename: 'secret-text.txt', contentType: 'text/plain' },
      { filename: 'secret-form.txt', contentType: 'text/plain' },
      { contentType: 'application/octet-stream', size: 3 },
    ]);
    const [tree, text] = message.attachments;
    expect(Buffer.from(await tree!.bytes()).toString()).toBe('the picture of a tree');
    expect(await (await text!.blob()).text()).toBe('the text of a file');
    expectUnseen('secret-tree', 'the picture of a tree', 'secret-text', 'the text of a file', 'of the form');
  });

  it("gives files to code that was written for Twilio's media", async () => {
    const arrived = nextMessage(bob);
    await alice.sendMessage({ contentType: 'text/plain', filename: 'tree.txt', media: 'of a tree' });
    const { attachedMedia, body } = await arrived;
    expect(body).toBe(null);
    const url = await attachedMedia[0]!.getContentTemporaryUrl();
    expect(await (await fetch(url)).text()).toBe('of a tree');
    URL.revokeObjectURL(url);
  });

  it('refuses a file whose bytes were exchanged', async () => {
    const arrived = nextMessage(bob);
    await alice.sendMessage(new File(['the true file'], 'file.txt'));
    const { attachments } = await arrived;
    const [stored] = twilio.emulator.control.messagesOf(sid);
    await twilio.emulator.control.swapMedia(stored!.mediaSids[0]!, new Uint8Array(100));
    await expect(attachments[0]!.bytes()).rejects.toThrow();
  });

  it('says who answers what, and until when', async () => {
    const first = nextMessage(bob);
    await alice.sendMessage('lunch?');
    const question = await first;
    const second = nextMessage(bob);
    const expiresAt = new Date(Date.now() + 3_600_000);
    await bob.prepareMessage().setBody('yes').setReplyTo(question).setExpiresAt(expiresAt).buildAndSend();
    expect(await second).toMatchObject({ body: 'yes', replyTo: { id: question.id, index: question.index }, expiresAt });
  });

  it('carries reactions, which Twilio cannot read', async () => {
    const own = nextMessage(alice);
    const arrived = nextMessage(bob);
    await alice.sendMessage('good news');
    const message = await arrived;
    await message.react('👍');
    await vi.waitFor(async () => expect((await own).reactions).toEqual([{ emoji: '👍', by: ['bob'] }]), {
      timeout: 10_000,
    });
    expect((await own).attributes).toEqual({});
    await message.unreact('👍');
    await vi.waitFor(async () => expect((await own).reactions).toEqual([]), { timeout: 10_000 });
    expectUnseen('👍');
  });

  it('has a title that Twilio cannot read', async () => {
    const changed = new Promise((resolve) => bob.once('titleChanged', resolve));
    await alice.setTitle('the surprise party');
    expect(await changed).toBe(bob);
    expect(await bob.title()).toMatchObject({ text: 'the surprise party', author: 'alice' });
    expect(bob.attributes).toEqual({});
    expectUnseen('the surprise party');
  });

  it('passes attributes on, which are plain, beside what it keeps there itself', async () => {
    const arrived = nextMessage(bob);
    const own = nextMessage(alice);
    await alice.sendMessage('one', { colour: 'red' });
    const message = await arrived;
    expect(message.attributes).toEqual({ colour: 'red' });
    await message.react('👍');
    const ofAlice = await own;
    await vi.waitFor(() => expect(ofAlice.reactions).toHaveLength(1), { timeout: 10_000 });
    await ofAlice.updateAttributes({ colour: 'blue' });
    await vi.waitFor(() => expect(message.attributes).toEqual({ colour: 'blue' }), { timeout: 10_000 });
    expect(message.reactions).toHaveLength(1);
    await alice.setTitle('title');
    await vi.waitFor(async () => expect(await bob.title()).toMatchObject({ text: 'title' }), { timeout: 10_000 });
    await bob.updateAttributes({ size: 'XL' });
    await vi.waitFor(() => expect(alice.attributes).toEqual({ size: 'XL' }), { timeout: 10_000 });
    expect(await alice.title()).toMatchObject({ text: 'title' });
  });

  it('tells of updates that change nothing of the content', async () => {
    const own = nextMessage(alice);
    const arrived = nextMessage(bob);
    await alice.sendMessage('one', { colour: 'red' });
    const message = await arrived;
    const updated = nextUpdate(bob);
    await (await own).updateAttributes({ colour: 'blue' });
    const update = await updated;
    expect(update.message).toBe(message);
    expect(update.updateReasons).toContain('attributes');
  });

  it('leaves attributes out if it is told to', async () => {
    const strict = await open('alice', { attributes: 'strip' });
    const arrived = nextMessage(bob);
    await strict.sendMessage('one', { colour: 'red' });
    expect((await arrived).attributes).toEqual({});
    const refusal = { code: 'chat/not-supported', details: { what: 'attributes' } };
    await expect(strict.updateAttributes({ colour: 'red' })).rejects.toMatchObject(refusal);
    expectUnseen('"red"');
  });

  it('refuses what cannot be encrypted', async () => {
    const options = { subject: 'plain' } as SendMessageOptions;
    await expect(alice.sendMessage('hi', undefined, options)).rejects.toMatchObject({ code: 'twilio/email-options' });
    await expect(alice.sendMessage(null)).rejects.toMatchObject({ code: 'chat/empty-message' });
    await expect(alice.sendMessage(5 as unknown as string)).rejects.toMatchObject({ code: 'twilio/media-type' });
    expect(twilio.emulator.control.messagesOf(sid)).toEqual([]);
  });

  it("has Twilio's counts, horizons, participants and typing", async () => {
    const typing = new Promise<{ identity: string | null }>((resolve) => bob.once('typingStarted', resolve));
    await alice.typing();
    expect((await typing).identity).toBe('alice');
    const arrived = nextMessage(bob);
    const index = await alice.sendMessage('one');
    await arrived;
    await bob.setAllMessagesUnread();
    expect(await bob.getUnreadMessagesCount()).toBe(null);
    expect(await bob.updateLastReadMessageIndex(index)).toBe(0);
    expect(await bob.advanceLastReadMessageIndex(index)).toBe(0);
    expect(await bob.setAllMessagesRead()).toBe(0);
    expect(await bob.getMessagesCount()).toBe(1);
    expect(await bob.getParticipantsCount()).toBe(2);
    expect((await bob.getParticipants()).map(({ identity }) => identity).sort()).toEqual(['alice', 'bob']);
    expect(bob).toMatchObject({ sid, status: 'joined', createdBy: 'alice', notificationLevel: 'default' });
    expect(bob.limits.mediaAttachmentsCountLimit).toBe(10);
    expect(bob.raw.sid).toBe(sid);
  });

  it('gives keys to whom it adds itself, and not to who was added behind its back', async () => {
    const unknown: RoomMember[] = [];
    alice.on('memberUnknown', (member) => unknown.push(member));
    await alice.sendMessage('for the two of us');
    await alice.addParticipant('carol');
    const carol = await open('carol');
    const arrived = nextMessage(carol);
    await alice.sendMessage('welcome');
    expect((await arrived).body).toBe('welcome');

    twilio.emulator.control.addParticipant(sid, { identity: 'mallory' });
    await vi.waitFor(() => expect(unknown).toMatchObject([{ identity: 'mallory', state: 'unknown' }]), {
      timeout: 10_000,
    });
    const refusal = { code: 'chat/unknown-member', details: { members: ['mallory'] } };
    await expect(alice.sendMessage('for members alone')).rejects.toMatchObject(refusal);
    await alice.acceptMember('mallory');
    await alice.sendMessage('for all');
  });

  it('knows those who are there, even if adding another is the first that it does', async () => {
    await alice.addParticipant('carol');
    const arrived = nextMessage(bob);
    await alice.sendMessage('welcome, carol');
    expect((await arrived).body).toBe('welcome, carol');
  });

  it('sends nothing while there is a participant who cannot decrypt', async () => {
    const participant = twilio.emulator.control.addParticipant(sid, { address: '+15550100' });
    await vi.waitFor(async () => expect(await alice.getParticipants()).toHaveLength(3), { timeout: 10_000 });
    const refusal = { code: 'chat/member-cannot-decrypt' };
    await expect(alice.sendMessage('for members alone')).rejects.toMatchObject(refusal);
    expect(twilio.emulator.control.messagesOf(sid)).toEqual([]);
    await alice.removeParticipant(participant);
    await alice.sendMessage('for members alone');
    expectUnseen('for members alone');
  });

  it('marks what nobody encrypted, or drops it', async () => {
    const dropping = await open('bob', { onPlaintext: 'drop' });
    const [marked, dropped] = [collect(bob), collect(dropping)];
    await alice.raw.prepareMessage().setBody('plain').build().send();
    await alice.sendMessage('encrypted');
    await vi.waitFor(() => expect(marked.map(({ body }) => body)).toEqual(['plain', 'encrypted']), { timeout: 10_000 });
    expect(marked[0]!.verification).toEqual({ state: 'plaintext' });
    await vi.waitFor(() => expect(dropped.map(({ body }) => body)).toEqual(['encrypted']), { timeout: 10_000 });
  });

  it('reads messages of the article of 2019, and says that they are bound to no room', async () => {
    const eThree = users.get('alice')!;
    const keys = await eThree.lookupPublicKeys(['bob']);
    const arrived = nextMessage(bob);
    await alice.raw
      .prepareMessage()
      .setBody(await eThree.encrypt('as in 2019', keys))
      .build()
      .send();
    expect(await arrived).toMatchObject({
      body: 'as in 2019',
      verification: { state: 'unbound', sender: 'alice', isSignatureInClear: true },
    });
  });

  it('writes that format for clients of then, if it is told to', async () => {
    const legacy = await open('alice', { unsafeLegacyFormat: true });
    const arrived = nextMessage(bob);
    await legacy.sendMessage('for old clients');
    const { raw, verification } = await arrived;
    expect(verification.state).toBe('unbound');
    const reader = users.get('bob')!;
    const keys = await reader.lookupPublicKeys('alice');
    expect(await reader.decrypt(raw.body!, keys)).toBe('for old clients');
  });

  it.each<[string, (sent: string) => Promise<unknown>, string]>([
    ['a message under the name of another', async (body) => forge('bob', body), 'author-mismatch'],
    ['a message once more', async (body) => forge('alice', body), 'replayed'],
  ])('does not take %s', async (_what, lie, reason) => {
    const messages = collect(bob);
    await alice.sendMessage('once');
    await vi.waitFor(() => expect(messages).toHaveLength(1), { timeout: 10_000 });
    await lie(messages[0]!.raw.body!);
    await vi.waitFor(() => expect(messages).toHaveLength(2), { timeout: 10_000 });
    expect(messages[1]).toMatchObject({ body: null, verification: { state: 'failed' } });
    expect(messages[1]!.verification).toMatchObject({ reason });
  });
  async function forge(author: string, body: string): Promise<void> {
    twilio.emulator.control.forgeMessage({ conversationSid: sid, author, body });
  }

  it('says nothing more after it was closed', async () => {
    const messages = collect(bob);
    await bob.close();
    const own = nextMessage(alice);
    await alice.sendMessage('too late');
    await own;
    await expect(bob.sendMessage('too late')).rejects.toMatchObject({ code: 'chat/closed' });
    expect(messages).toEqual([]);
  });
});
