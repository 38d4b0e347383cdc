/** Three people at three browsers: who is let in, who is put out, and whose key can be believed. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectGone, expectSeen } from '../kit/expect-seen.ts';
import type { Person } from '../kit/person.ts';
import { takePicture } from '../kit/pictures.ts';
import { chooseFromAccount, enterRoom, makeRoom, message, openPanel, roomLink, say, tell } from '../kit/room.ts';
import { useStage } from '../kit/stage.ts';

/** Of a room whose title one cannot read. */
const ALICE_AND_CAROL = /(?<!, )(alice and carol|carol and alice)/;

const stage = useStage();

describe('members of a room', () => {
  let alice: Person;
  let carol: Person;
  let dave: Person;
  beforeAll(async () => {
    [carol, dave] = await Promise.all([stage.visit('carol'), stage.visit('dave')]);
    alice = await stage.visit('alice');
    await makeRoom(alice.page, { members: 'carol', title: 'Book club' });
    await enterRoom(carol.page, 'Book club');
    await tell(alice.page, 'Before dave came');
    await expectSeen(message(carol.page, 'Before dave came'));
  });

  const row = ({ page }: Person, name: string) =>
    page.getByRole('region', { name: 'Members', exact: true }).getByRole('listitem').filter({ hasText: name });

  /** What both are to read out to each other. */
  async function readSafetyWords(person: Person, other: string): Promise<readonly string[]> {
    await openPanel(person.page, 'Members');
    await row(person, other).getByRole('button', { name: 'Compare safety words' }).click();
    const words = person.page.getByRole('dialog').getByRole('tabpanel', { name: 'Words' }).getByRole('listitem');
    await expectSeen(words);
    return words.allInnerTexts();
  }

  it('read what is written once somebody has let them in, and nothing from before', async () => {
    const panel = await openPanel(alice.page, 'Members');
    await panel.getByLabel('Add a member').fill('dave');
    await panel.getByRole('button', { name: 'Add' }).click();
    await expectSeen(row(alice, 'dave').getByText('Not compared'));
    await tell(alice.page, 'Welcome, dave');
    // Its title was encrypted before he came, so that he finds it by who is in it.
    await enterRoom(dave.page, ALICE_AND_CAROL);
    await expectSeen(message(dave.page, 'Welcome, dave'));
    await expectSeen(dave.page.getByText('A message that is not encrypted for this device'));
    expect(await dave.page.getByText('Before dave came').count()).toBe(0);
  });

  it('are shown to those who did not let them in', async () => {
    const { page } = carol;
    await expectSeen(page.getByText('dave joined without you'));
    await takePicture(page, 'joined without you light');
    await page.getByRole('button', { name: 'Let dave read' }).click();
    await expectGone(page.getByText('dave joined without you'));
    await tell(page, 'Hello dave, from carol');
    await expectSeen(message(dave.page, 'Hello dave, from carol'));
  });

  it('read nothing any more once they are put out', async () => {
    const { page } = alice;
    await openPanel(page, 'Members');
    await row(alice, 'dave').getByRole('button', { name: 'More about dave' }).click();
    await page.getByRole('menuitem', { name: 'Remove from the room' }).click();
    await expectGone(row(alice, 'dave'));
    await expectGone(roomLink(dave.page, ALICE_AND_CAROL));
    await tell(page, 'Now without dave');
    await expectSeen(message(carol.page, 'Now without dave'));
    await message(carol.page, 'Now without dave')
      .getByRole('button', { name: /how do you know/ })
      .click();
    await expectSeen(carol.page.getByRole('dialog').getByText(/^(alice and you|you and alice)$/));
    await carol.page.keyboard.press('Escape');
  });

  it('see the same safety words on both sides, and are verified from then on', async () => {
    const words = await readSafetyWords(alice, 'carol');
    await takePicture(alice.page, 'safety words light');
    expect(words.length).toBeGreaterThanOrEqual(8);
    expect(await readSafetyWords(carol, 'alice')).toEqual(words);
    for (const [person, other] of [
      [alice, 'carol'],
      [carol, 'alice'],
    ] as const) {
      await person.page.getByRole('button', { name: 'They are the same' }).click();
      await expectSeen(row(person, other).getByText('Verified', { exact: true }));
    }
    await tell(carol.page, 'I know that it is you');
    const mark = message(alice.page, 'I know that it is you').getByRole('button', {
      name: 'Verified: how do you know?',
    });
    await expectSeen(mark);
  });

  it('get nothing under a key that has changed, until it is accepted', async () => {
    const { page } = alice;
    const notice = page.getByText('The key of carol has changed', { exact: true });
    await chooseFromAccount(carol.page, 'Sign out…');
    await carol.page.getByRole('button', { name: 'Remove my key and sign out' }).click();
    await expectSeen(carol.page.getByLabel('Your name'));
    const renewed = await stage.visit('carol');
    await renewed.page.getByRole('button', { name: 'Start with a new key' }).click();
    // The title is for the former key as well.
    await enterRoom(renewed.page, /^A? ?alice(?!,| and)/);
    await tell(renewed.page, 'It is me, on a new telephone');
    await expectSeen(message(page, 'The sender’s key has changed'));
    await expectSeen(notice);

    await say(page, 'Is it you, carol?');
    await expectSeen(page.getByRole('article', { name: 'Not sent' }));
    await takePicture(page, 'key changed light');
    expect(await renewed.page.getByText('Is it you, carol?').count()).toBe(0);

    await openPanel(page, 'Members');
    await row(alice, 'carol').getByRole('button', { name: 'Accept the new key' }).click();
    await expectSeen(row(alice, 'carol').getByText('Not compared'));
    await page.getByRole('article', { name: 'Not sent' }).getByRole('button', { name: 'Try again' }).click();
    await expectSeen(message(renewed.page, 'Is it you, carol?'));
    await expectSeen(message(page, 'It is me, on a new telephone'));
    await expectGone(notice);
  });
});
