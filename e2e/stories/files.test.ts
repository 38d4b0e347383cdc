/** Files by picker, paste and drag: looked at before they go, encrypted on the way, and the same bytes at the other end. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectGone, expectSeen } from '../kit/expect-seen.ts';
import { dragFile, drawPicture, pasteFile, pickFiles, type SampleFile, textFile } from '../kit/files.ts';
import type { Person } from '../kit/person.ts';
import { takePicture } from '../kit/pictures.ts';
import { composer, enterRoom, makeRoom, message, say } from '../kit/room.ts';
import { useStage } from '../kit/stage.ts';

const stage = useStage();

describe('files', () => {
  let alice: Person;
  let carol: Person;
  let photo: SampleFile;
  beforeAll(async () => {
    carol = await stage.visit('carol');
    alice = await stage.visit('alice');
    await makeRoom(alice.page, { members: 'carol', title: 'Files' });
    await enterRoom(carol.page, 'Files');
    photo = await drawPicture(alice.page, 'sunset.png');
  });

  const waiting = () => alice.page.getByRole('list', { name: 'Files to send' });

  it('are shown before they go, and can be taken out again', async () => {
    const { page } = alice;
    await pickFiles(page, [photo, textFile('plan.txt', 'First the lake, then the cake.')]);
    await expectSeen(waiting().getByText('plan.txt'));
    await expectSeen(waiting().locator('img'));
    await takePicture(page, 'files before they go light');
    await page.getByRole('button', { name: 'Remove plan.txt' }).click();
    await expectGone(waiting().getByText('plan.txt'));
    await page.getByRole('button', { name: 'Remove sunset.png' }).click();
    await expectGone(waiting());
  });

  it('go by picker, and a picture is shown as one', async () => {
    await pickFiles(alice.page, [photo]);
    await expectSeen(waiting().getByText('sunset.png'));
    await say(alice.page, 'The view from here');
    const picture = message(carol.page, 'The view from here').getByRole('img', { name: 'sunset.png' });
    await expectSeen(picture);
    const size = () => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth);
    await expect.poll(size).toBe(640);
    await message(carol.page, 'The view from here').getByRole('button', { name: 'sunset.png' }).click();
    await expectSeen(carol.page.getByRole('dialog', { name: 'sunset.png' }));
    await takePicture(carol.page, 'picture viewer light');
    await carol.page.keyboard.press('Escape');
    await expectGone(carol.page.getByRole('dialog'));
  });

  it('go by paste', async () => {
    await pasteFile(composer(alice.page), photo);
    await expectSeen(waiting().getByText('sunset.png'));
    await say(alice.page, 'Pasted');
    await expectSeen(message(carol.page, 'Pasted').getByRole('img', { name: 'sunset.png' }));
  });

  it('go by drag, and arrive byte for byte', async () => {
    const { page } = alice;
    const file = textFile('notes.txt', 'Nobody in between can read this.\n'.repeat(2000));
    const drop = await dragFile(composer(page), file);
    await expectSeen(page.getByText('Drop to add.'));
    await takePicture(page, 'files dragged over the room light');
    await drop();
    await expectGone(page.getByText('Drop to add.'));
    await expectSeen(waiting().getByText('notes.txt'));
    await say(page, 'Dragged');
    const saving = carol.page.waitForEvent('download');
    await message(carol.page, 'Dragged').getByRole('button', { name: 'Decrypt and save notes.txt' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe('notes.txt');
    expect(await readFile(await saved.path())).toEqual(file.buffer);
  });

  it('can be called off while they are on their way', async () => {
    const { page } = alice;
    const { hold } = (await stage.demo.control('holdReplies', { path: '/Messages' })) as { hold: string };
    const big = { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(20_000_000, 7) };
    await page.route('**/*', async (route) => {
      // Of a connection that has stopped: nothing that goes to the media service gets through.
      if (route.request().method() === 'POST' && !route.request().url().startsWith(stage.demo.url)) return;
      await route.continue();
    });
    await pickFiles(page, [big]);
    await expectSeen(waiting().getByText('film.mp4'));
    await say(page, 'A film');
    const onItsWay = page.getByRole('article', { name: 'Sending' });
    await expectSeen(onItsWay.getByRole('progressbar'));
    await onItsWay.getByRole('button', { name: 'Cancel' }).click();
    await expectGone(onItsWay);
    await page.unroute('**/*');
    await stage.demo.control('releaseReplies', { hold });
    await say(page, 'Then without the film');
    await expectSeen(message(carol.page, 'Then without the film'));
    expect(await carol.page.getByText('film.mp4').count()).toBe(0);
  });
});
