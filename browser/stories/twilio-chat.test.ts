/** Two people talk in pages over Twilio's SDK, and neither Twilio nor the key service learns what about. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findSecret } from './kit/find-secret.ts';
import './kit/page-globals.ts';
import { expectTexts, send, show, SOON, TWILIO_SDKS, useTwilioChat } from './kit/twilio-chat.ts';

describe.each(TWILIO_SDKS)('an encrypted chat in pages with %s', (sdk) => {
  const kit = useTwilioChat(sdk);
  const storedIn = (sid: string) => kit.emulator.control.messagesOf(sid);

  it('carries texts, edits, reactions, a title and removals', async () => {
    const { alice, bob, sid } = await kit.openPair();
    const [draft, text, answer, title] = ['frist', 'first', 'second', 'title'].map(kit.secret) as [
      string,
      string,
      string,
      string,
    ];
    await send(alice, draft);
    await expectTexts(bob, [draft]);
    await send(bob, answer);
    await expectTexts(alice, [draft, answer]);

    await alice.page.evaluate(([from, to]) => chat.find(from!)!.edit(to!), [draft, text]);
    await expectTexts(bob, [text, answer]);
    await bob.page.evaluate((it) => chat.find(it)!.react('👍'), text);
    await alice.page.evaluate((it) => chat.conversation.setTitle(it), title);
    for (const user of [alice, bob]) {
      await expect
        .poll(async () => (await show(user))[0], SOON)
        .toMatchObject({
          author: alice.identity,
          edited: true,
          reactions: [{ emoji: '👍', by: [bob.identity] }],
        });
      await expect
        .poll(() => user.page.evaluate(async () => (await chat.conversation.title())?.text), SOON)
        .toBe(title);
    }

    await bob.page.evaluate(async (it) => void (await chat.find(it)!.remove()), answer);
    await expect
      .poll(async () => (await show(alice))[1], SOON)
      .toMatchObject({ author: bob.identity, body: null, state: 'removed' });
    expect(storedIn(sid)).toHaveLength(1);
  });

  it('would be caught by these stories if it sent anything in clear', async () => {
    const { alice, sid } = await kit.openPair();
    const text = 'not a secret at all';
    await alice.page.evaluate((it) => chat.conversation.raw.prepareMessage().setBody(it).build().send(), text);
    expect(storedIn(sid)).toMatchObject([{ body: text }]);
    const received = kit.emulator.seen.map(({ bytes }) => bytes);
    expect(findSecret(text, received)).toBe(text);
    expect(findSecret('nothing of the kind', received)).toBe(undefined);
    for (const lead of ['', 'x', 'xx']) {
      for (const encoding of ['base64', 'base64url', 'hex'] as const) {
        const encoded = Buffer.from(`${lead}${text}, and more`).toString(encoding);
        expect(findSecret(text, [Buffer.from(encoded)]), `${encoding} after "${lead}"`).not.toBe(undefined);
      }
    }
  });

  it('brings a file of 3 MB whole, of which Twilio has neither content nor name', async () => {
    const { alice, bob, sid } = await kit.openPair();
    const [line, name] = [kit.secret('a line of the file\n'), `${kit.secret('notes')}.txt`];
    const content = line.repeat(Math.ceil(3_000_000 / line.length));
    const phases = await alice.page.evaluate(
      async ([of, called]) => {
        const ended: Record<string, boolean> = {};
        const file = new File([of!], called!, { type: 'text/plain' });
        await chat.conversation.sendMessage(file, undefined, {
          onProgress: ({ phase, done, total }) => void (ended[phase] = done === total),
        });
        return ended;
      },
      [content, name],
    );
    expect(phases).toEqual({ encrypting: true, uploading: true });

    const files = [{ name, type: 'text/plain', size: content.length }];
    await expect.poll(async () => (await show(bob))[0], SOON).toMatchObject({ body: null, state: 'verified', files });
    const download = await bob.page.evaluate(async () => {
      const seen: number[] = [];
      const blob = await chat.find(null)!.attachments[0]!.blob({ onProgress: (done) => seen.push(done) });
      const isGrowing = seen.every((done, index) => index === 0 || done >= seen[index - 1]!);
      return { digest: await chat.digestOf(blob), type: blob.type, steps: seen.length, isGrowing };
    });
    expect(download).toMatchObject({ digest: sha256(content), type: 'text/plain', isGrowing: true });
    expect(download.steps).toBeGreaterThan(1);

    const [media] = (await kit.emulator.control.inspect(sid)).messages[0]!.media;
    expect(media!.size).toBeGreaterThan(content.length);
    expect(media!.filename ?? '').not.toContain('notes');
    const kept = await media!.head(media!.size);
    expect(kept).toHaveLength(media!.size);
    expect(findSecret(line, [kept!])).toBe(undefined);
  });

  it('takes files and blobs as a page has them, several in one message', async () => {
    const { alice, bob } = await kit.openPair();
    const content = kit.secret('content');
    await alice.page.evaluate(async (it) => {
      const form = new FormData();
      form.append('file', new File([`${it} of a form`], 'form.txt', { type: 'text/plain' }));
      const message = chat.conversation.prepareMessage().addMedia(new Blob([`${it} of a blob`], { type: 'image/png' }));
      await message
        .addMedia(form)
        .addMedia(new TextEncoder().encode(`${it} of bytes`))
        .buildAndSend();
    }, content);
    await expect.poll(async () => (await show(bob))[0]?.files.length, SOON).toBe(3);
    const contents = await bob.page.evaluate(async () => {
      const { attachments } = chat.find(null)!;
      return Promise.all(attachments.map(async (file) => [file.name, file.type, await (await file.blob()).text()]));
    });
    expect(contents).toEqual([
      ['file', 'image/png', `${content} of a blob`],
      ['form.txt', 'text/plain', `${content} of a form`],
      ['file', 'application/octet-stream', `${content} of bytes`],
    ]);
  });

  it('gives up an upload when its user does, and sends on', async () => {
    const { alice, bob } = await kit.openPair();
    const outcome = await alice.page.evaluate(() => {
      const controller = new AbortController();
      const file = new File([new Uint8Array(5_000_000)], 'large.bin');
      // With the first word of the upload it has not begun; a moment later it has.
      const onProgress = ({ phase }: { phase: string }) => {
        if (phase === 'uploading') queueMicrotask(() => controller.abort(new Error('changed my mind')));
      };
      return chat.conversation.sendMessage(file, undefined, { signal: controller.signal, onProgress }).then(
        () => 'sent',
        ({ message }: Error) => message,
      );
    });
    expect(outcome).toBe('changed my mind');
    const text = kit.secret('without the file');
    await send(alice, text);
    await expectTexts(bob, [text]);
  });

  it('carries a text that is longer than Twilio takes', async () => {
    const { alice, bob, sid } = await kit.openPair();
    const text = kit.secret('long ').repeat(1_500);
    await send(alice, text);
    await expectTexts(bob, [text]);
    expect((await show(bob))[0]!.files).toEqual([]);
    const [stored] = storedIn(sid);
    expect(stored!.mediaSids).toHaveLength(1);
    expect(stored!.body!.length).toBeLessThan(1_000);
  });

  it('shows its history after a reload, by the keys that the browser has kept', async () => {
    const { alice, bob, sid } = await kit.openPair();
    const texts = Array.from({ length: 150 }, (_, number) => kit.secret(`message ${number}`));
    await alice.page.evaluate(
      (all) => Promise.all(all.map((text) => chat.conversation.sendMessage(text))).then(() => undefined),
      texts,
    );
    await expectTexts(bob, texts);

    await bob.page.reload();
    await kit.signIn(bob);
    const times = await bob.page.evaluate(async (it) => {
      await chat.enter(it);
      await chat.conversation.getMessages(1);
      const firstMs = performance.now();
      await chat.conversation.getMessages(100);
      return { firstMs, pageMs: performance.now() - firstMs };
    }, sid);
    const [first, page] = [times.firstMs, times.pageMs].map((ms) => ms.toFixed(0));
    console.info(`${sdk}: first message shown ${first} ms after the page began to load, a page of 100 in ${page} ms`);
    await bob.page.evaluate(() => chat.load(60));
    await expectTexts(bob, texts);
  }, 60_000);
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
