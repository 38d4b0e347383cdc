/** Each view as axe judges it and as it looks, light and dark, wide and narrow. */
import type { Page } from 'playwright';
import { beforeAll, describe, expect, it } from 'vitest';
import { findViolations } from '../kit/accessibility.ts';
import { expectGone, expectSeen } from '../kit/expect-seen.ts';
import { drawPicture, pickFiles } from '../kit/files.ts';
import { changeLook, type Look, type Person } from '../kit/person.ts';
import { takePicture } from '../kit/pictures.ts';
import { chooseFromAccount, choose, message, openPanel, react, say, tell } from '../kit/room.ts';
import { useStage } from '../kit/stage.ts';

const LOOKS: readonly Required<Look>[] = [
  { theme: 'light', width: 'wide' },
  { theme: 'dark', width: 'wide' },
  { theme: 'light', width: 'narrow' },
  { theme: 'dark', width: 'narrow' },
];

const NARROW = LOOKS.filter(({ width }) => width === 'narrow');

const stage = useStage();

/** Looks at what is on the page in all ways, or in some, and leaves it as it was. */
async function expectAccessible(person: Person, view: string, looks = LOOKS): Promise<void> {
  const faults: string[] = [];
  for (const look of looks) {
    await changeLook(person, look);
    const name = `${view} ${look.theme} ${look.width}`;
    await takePicture(person.page, `view ${name}`);
    const found = [...(await findViolations(person.page)), ...(await findOverflow(person.page))];
    faults.push(...found.map((fault) => `${name}: ${fault}`));
  }
  await changeLook(person, { width: looks[0]!.width });
  expect(faults).toEqual([]);
}

/** What sticks out of the window at the right. */
function findOverflow(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const isScrolling = document.documentElement.scrollWidth > innerWidth;
    const outside = [
      ...document.querySelectorAll('main :is(img, button, input, textarea, p, h1, h2, h3, code)'),
    ].filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1);
    const described = outside.map(({ tagName, textContent }) => `outside of the window: ${tagName} ${textContent}`);
    return [...(isScrolling ? ['scrolls sideways'] : []), ...described];
  });
}

describe('accessible to everybody', () => {
  let alice: Person;
  let page: Page;
  beforeAll(async () => {
    alice = await stage.visit('alice');
    page = alice.page;
    await tell(page, 'Hello bob, did you see the sunset?');
    await expectSeen(message(page, /Got it: 34 characters, encrypted/));
    await pickFiles(page, [await drawPicture(page, 'sunset.png')]);
    await expectSeen(page.getByRole('list', { name: 'Files to send' }));
    await say(page, 'This is what it looked like');
    await expectSeen(message(page, 'This is what it looked like').getByRole('img', { name: 'sunset.png' }));
    await expectSeen(message(page, '“sunset.png” arrived'));
    await react(page, message(page, '“sunset.png” arrived'), 'Heart');
    await expectSeen(page.getByRole('button', { name: 'Heart, by you' }));
    await page.mouse.move(0, 0);
  });

  async function closeDialog(): Promise<void> {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Close', exact: true }).first().click();
    await expectGone(dialog);
  }

  it('the sign-in page', async () => {
    const nobody = await stage.open({ name: 'nobody' });
    await expectSeen(nobody.page.getByLabel('Your name'));
    await expectAccessible(nobody, 'sign in');
    await nobody.page.close();
  });

  it('the question for a password, where the key is on another device', async () => {
    const other = await stage.visit('alice');
    await expectAccessible(other, 'key elsewhere');
    await other.page.close();
  });

  it('a room', () => expectAccessible(alice, 'room'));

  it('the list of rooms, which a narrow window shows by itself, and the account menu', async () => {
    await changeLook(alice, { width: 'narrow' });
    await page.getByRole('button', { name: 'All rooms' }).click();
    await expectSeen(page.getByRole('button', { name: 'Account' }));
    await expectAccessible(alice, 'rooms', NARROW);
    await page.getByRole('button', { name: 'Account' }).click();
    await expectSeen(page.getByRole('menu'));
    await expectAccessible(alice, 'account menu', NARROW);
    await page.keyboard.press('Escape');
    // A wide window opens the first room by itself.
    await changeLook(alice, {});
    await expectSeen(message(page, '“sunset.png” arrived'));
  });

  it.each(['Members', 'Search', 'What Twilio sees', 'Attack'] as const)('the panel “%s”', async (name) => {
    const panel = await openPanel(page, name);
    if (name === 'Members') await expectSeen(panel.getByText('Not compared'));
    if (name === 'Search') await panel.getByRole('searchbox').fill('sunset');
    if (name === 'Search') await expectSeen(panel.getByRole('button', { name: /sunset/ }));
    if (name === 'What Twilio sees') await expectSeen(panel.getByText(/^sotto1:/));
    if (name === 'Attack') await expectSeen(panel.getByRole('button', { name: 'Do it' }));
    await expectAccessible(alice, `panel ${name}`);
    await panel.getByRole('button', { name: 'Close panel' }).click();
  });

  it('how a message was verified', async () => {
    await choose(page, message(page, 'This is what it looked like'), 'How it is verified');
    await expectSeen(page.getByRole('dialog').getByText('Can be read by'));
    await expectAccessible(alice, 'message details');
    await closeDialog();
  });

  it('the safety words', async () => {
    await openPanel(page, 'Members');
    await page.getByRole('button', { name: 'Compare safety words' }).click();
    const dialog = page.getByRole('dialog');
    await expectSeen(dialog.getByRole('tabpanel').getByRole('listitem'));
    await expectAccessible(alice, 'safety words');
    await dialog.getByRole('tab', { name: 'Code' }).click();
    await expectSeen(dialog.getByRole('img', { name: 'Code for bob to scan' }));
    await expectAccessible(alice, 'safety code');
    await closeDialog();
    await page.getByRole('button', { name: 'Close panel' }).click();
  });

  it.each([
    ['Back up your key…', 'Backup of your key', 'backup'],
    ['Sign out…', 'Sign out', 'sign out'],
  ])('the dialog behind “%s”', async (item, name, view) => {
    await chooseFromAccount(page, item);
    await expectSeen(page.getByRole('dialog', { name }));
    await expectAccessible(alice, view);
    await closeDialog();
  });

  it('the dialog for a new room', async () => {
    await page.getByRole('button', { name: 'New room' }).click();
    await expectSeen(page.getByRole('dialog', { name: 'New room' }));
    await expectAccessible(alice, 'new room');
    await closeDialog();
  });

  it('a room under attack', async () => {
    const panel = await openPanel(page, 'Attack');
    const play = async (title: string, outcome: string): Promise<void> => {
      const card = panel.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) });
      await card.getByRole('button', { name: 'Do it' }).click();
      await expectSeen(card.getByText(outcome));
    };
    await play('Slip in an unencrypted message', 'Seen:');
    await play('Write as somebody else', 'Seen:');
    await play('Add a silent reader', 'Seen:');
    await say(page, 'Who reads this?');
    await expectSeen(page.getByRole('article', { name: 'Not sent' }));
    await expectAccessible(alice, 'attacked, panel');
    await panel.getByRole('button', { name: 'Close panel' }).click();
    await expectAccessible(alice, 'attacked');
  });
});
