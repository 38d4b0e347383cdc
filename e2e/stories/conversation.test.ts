/** Two people at two browsers: what one of them does, the other one sees. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectGone, expectSeen } from '../kit/expect-seen.ts';
import type { Person } from '../kit/person.ts';
import { takePicture } from '../kit/pictures.ts';
import { choose, composer, enterRoom, makeRoom, message, react, roomLink, say, tell } from '../kit/room.ts';
import { useStage } from '../kit/stage.ts';

const stage = useStage();

describe('a conversation of two', () => {
  let alice: Person;
  let carol: Person;
  beforeAll(async () => {
    carol = await stage.visit('carol', { theme: 'dark' });
    alice = await stage.visit('alice');
  });

  it('begins with a room that one makes and the other one finds', async () => {
    await makeRoom(alice.page, { members: 'carol', title: 'Weekend plans' });
    await enterRoom(carol.page, 'Weekend plans');
    await tell(alice.page, 'Did you see the forecast?');
    await expectSeen(message(carol.page, 'Did you see the forecast?'));
    await tell(carol.page, 'Sun all day.');
    await expectSeen(message(alice.page, 'Sun all day.'));
  });

  it('shows that the other one is writing, and no longer once it is sent', async () => {
    const note = alice.page.getByText('carol is writing…');
    // Twilio's client says it at most once in five seconds, and has said it of the message before.
    const keepWriting = async (): Promise<boolean> => {
      await composer(carol.page).press('o');
      return note.isVisible();
    };
    await composer(carol.page).fill('Let us go to the lake, s');
    await expect.poll(keepWriting, { timeout: 20_000, interval: 200 }).toBe(true);
    await composer(carol.page).press('Enter');
    await expectSeen(message(alice.page, 'Let us go to the lake'));
    await expectGone(note);
  });

  it('ticks off what the other one has read', async () => {
    await carol.page.bringToFront();
    await tell(alice.page, 'Shall I bring cake?');
    await expectSeen(message(alice.page, 'Shall I bring cake?').getByRole('img', { name: 'Read by carol' }));
  });

  it('carries reactions, and takes them back', async () => {
    await react(carol.page, message(carol.page, 'Shall I bring cake?'), 'Heart');
    const heart = message(alice.page, 'Shall I bring cake?').getByRole('button', { name: 'Heart, by carol' });
    await expectSeen(heart);
    await message(carol.page, 'Shall I bring cake?').getByRole('button', { name: 'Heart, by you' }).click();
    await expectGone(heart);
  });

  it('carries an answer with what it answers', async () => {
    const { page } = carol;
    await message(page, 'Shall I bring cake?').hover();
    await message(page, 'Shall I bring cake?').getByRole('button', { name: 'Reply' }).click();
    await expectSeen(page.getByText('Answering alice'));
    await say(page, 'Yes, the one with cherries');
    const answer = message(alice.page, 'Yes, the one with cherries');
    await expectSeen(answer.getByRole('button', { name: 'In answer to: You Shall I bring cake?' }));
  });

  it('shows an edit to the other one, and says that it is one', async () => {
    const { page } = alice;
    await choose(page, message(page, 'Did you see the forecast?'), 'Edit');
    const line = page.getByRole('textbox', { name: 'Edit the message' });
    await line.fill('Did you see the forecast for Sunday?');
    await line.press('Enter');
    await expectSeen(message(carol.page, 'forecast for Sunday?').getByText('edited', { exact: true }));
    await expectGone(message(carol.page, 'Did you see the forecast?'));
  });

  it('removes a message for both', async () => {
    await tell(alice.page, 'A slip of the tongue');
    await expectSeen(message(carol.page, 'A slip of the tongue'));
    await choose(alice.page, message(alice.page, 'A slip of the tongue'), 'Delete for everybody');
    for (const { page } of [alice, carol]) {
      await expectGone(message(page, 'A slip of the tongue'));
      await expectSeen(message(page, 'Removed by a member or by the service'));
    }
  });

  it('leads with one click to a web address, and to nothing else', async () => {
    await tell(alice.page, 'See https://example.org/lake, or javascript:alert(1)');
    const links = message(carol.page, 'See https://example.org/lake').getByRole('link');
    await expectSeen(links);
    expect(await links.evaluateAll((found) => found.map((link) => link.getAttribute('href')))).toEqual([
      'https://example.org/lake',
    ]);
  });

  it('counts what came while another room was open', async () => {
    await enterRoom(carol.page, /bob/);
    await tell(alice.page, 'One more thing');
    await expectSeen(roomLink(carol.page, 'Weekend plans').getByText('Unread: 1'));
    await enterRoom(carol.page, 'Weekend plans');
    await expectGone(roomLink(carol.page, 'Weekend plans').getByText('Unread: 1'));
  });

  it('lets a message disappear after its time', async () => {
    const { page } = carol;
    for (const person of [alice, carol]) {
      // From the start of a page, or its timers are those of the browser.
      await person.context.clock.install();
      await person.page.reload();
      await enterRoom(person.page, 'Weekend plans');
    }
    await page.getByRole('button', { name: 'Disappearing messages' }).click();
    await page.getByRole('menuitemradio', { name: 'Disappear after 30 seconds' }).click();
    await say(page, 'The code is 4711');
    await expectSeen(message(alice.page, 'The code is 4711').getByRole('img', { name: /^Disappears at/ }));
    await takePicture(alice.page, 'conversation light');
    await takePicture(page, 'conversation dark');
    for (const person of [alice, carol]) {
      await person.page.clock.fastForward('00:31');
      await expectSeen(message(person.page, 'This message has expired'));
      await expectGone(message(person.page, 'The code is 4711'));
    }
  });
});
