/** Each attack of the panel: an evil chat service or key service plays it, and the app says what it noticed. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectGone, expectSeen } from '../kit/expect-seen.ts';
import { pickFiles, textFile } from '../kit/files.ts';
import type { Person } from '../kit/person.ts';
import { takePicture } from '../kit/pictures.ts';
import { choose, enterRoom, makeRoom, message, openPanel, say, tell } from '../kit/room.ts';
import { useStage } from '../kit/stage.ts';

const stage = useStage();

describe('an attack is seen on screen', () => {
  let alice: Person;
  beforeAll(async () => {
    alice = await stage.visit('alice');
    const { page } = alice;
    await makeRoom(page, { members: 'bob', title: 'Elsewhere' });
    await tell(page, 'A yes to another question');
    await enterRoom(page, /^B? ?bob/);
    await tell(page, 'First of all');
    await expectSeen(message(page, 'Got it: 12 characters, encrypted for'));
    await tell(page, 'Meet me at sevn');
    await choose(page, message(page, 'Meet me at sevn'), 'Edit');
    await page.getByRole('textbox', { name: 'Edit the message' }).fill('Meet me at seven');
    await page.keyboard.press('Enter');
    await expectSeen(message(page, 'Meet me at seven').getByText('edited', { exact: true }));
    await pickFiles(page, [textFile('map.txt', 'Left, then left again.')]);
    await expectSeen(page.getByRole('list', { name: 'Files to send' }));
    await say(page, 'Here is the way');
    await expectSeen(message(page, '“map.txt” arrived'));
  });

  const card = (title: string) => {
    const { page } = alice;
    return page
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { level: 3, name: title, exact: true }) });
  };

  it.each([
    ['Write as somebody else', 'Seen: It names another author'],
    ['Slip in an unencrypted message', 'Seen: Anybody could have written this'],
    ['Send a message again', 'Seen: Sent a second time by somebody else'],
    ['Move a message to another room', 'Seen: Copied from another room'],
    ['Undo an edit', 'Seen: Set back to an older version'],
    ['Exchange a file', 'Seen: '],
    ['Change a message', 'Seen: It cannot be decrypted'],
    ['Add a telephone', 'Seen: The telephone: cannot decrypt'],
    ['Add a silent reader', 'Seen: mallory: joined without you'],
    ['Exchange somebody’s key', 'Seen: bob: key changed'],
  ])('%s', async (title, outcome) => {
    await openPanel(alice.page, 'Attack');
    await card(title).getByRole('button', { name: 'Do it' }).click();
    await expectSeen(card(title).getByText(outcome));
    await takePicture(alice.page, `attack ${title} light`);
  });

  it('stops what is written next, until there is a decision', async () => {
    const { page } = alice;
    await say(page, 'Who reads this?');
    await expectSeen(page.getByRole('article', { name: 'Not sent' }));
    await takePicture(page, 'not sent light');
    await page.getByRole('button', { name: 'Stop all attacks' }).click();
    await expectGone(page.getByText('mallory joined without you'));
    await page.getByRole('article', { name: 'Not sent' }).getByRole('button', { name: 'Discard' }).click();
  });
});

describe('a message that is made to disappear', () => {
  it('leaves a mark where somebody had not read it yet', async () => {
    const alice = await stage.visit('dave');
    const carol = await stage.visit('carol');
    await makeRoom(alice.page, { members: 'carol', title: 'Three lines' });
    await enterRoom(carol.page, 'Three lines');
    await tell(alice.page, 'Line one');
    await expectSeen(message(carol.page, 'Line one'));
    await carol.page.close();
    await tell(alice.page, 'Line two');
    await tell(alice.page, 'Line three');
    const panel = await openPanel(alice.page, 'Attack');
    const { page } = alice;
    const card = panel
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: 'Make a message disappear' }) });
    await card.getByRole('button', { name: 'Do it' }).click();
    await expectSeen(card.getByText('Nothing is lost here'));

    const returned = await stage.visit('carol', { context: carol.context });
    await enterRoom(returned.page, 'Three lines');
    await expectSeen(message(returned.page, 'Line three'));
    await expectSeen(returned.page.getByText('A message of dave is missing here'));
    expect(await returned.page.getByText('Line two').count()).toBe(0);
    await takePicture(returned.page, 'message missing light');
  });
});
