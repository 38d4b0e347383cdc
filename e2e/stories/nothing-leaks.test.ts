/** Everything that people write, name or attach, looked for in every byte that the emulator, the service and the backend received. */
import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchOptions } from '../../tools/chromium.js';
import { expectSeen } from '../kit/expect-seen.ts';
import { pickFiles, textFile } from '../kit/files.ts';
import { findCanary } from '../kit/find-canary.ts';
import { openPerson, type Person } from '../kit/person.ts';
import {
  choose,
  chooseFromAccount,
  composer,
  enterRoom,
  makeRoom,
  message,
  openPanel,
  react,
  say,
  tell,
} from '../kit/room.ts';
import { startWitnessedChat, type WitnessedChat } from '../kit/witnessed-chat.ts';

const CANARIES = {
  title: 'Gooseberry harvest',
  text: 'The gooseberries are ripe',
  edited: 'The gooseberries are very ripe',
  answer: 'Then bring the blue basket',
  removed: 'Nobody needs to know this',
  disappearing: 'This goes in half a minute',
  draft: 'A thought that was never sent',
  fileName: 'basket-list.txt',
  fileContent: 'one basket, two ladders, three hats',
  search: 'ripe gooseberry search',
  password: 'gooseberry jam for the winter',
  reaction: '🎉',
} as const;

describe('what people write', () => {
  let chat: WitnessedChat;
  let browser: Browser;
  const people: Person[] = [];
  beforeAll(async () => {
    [chat, browser] = await Promise.all([startWitnessedChat(), chromium.launch(launchOptions())]);
    for (const name of ['carol', 'alice']) {
      const person = await openPerson(browser, { name });
      people.push(person);
      await person.page.goto(`${chat.url}/?as=${name}`);
      await expectSeen(composer(person.page));
    }
    await live(people[0]!, people[1]!);
  });
  afterAll(async () => {
    await browser?.close();
    await chat?.close();
  });

  it('reaches none of emulator, service and backend', () => {
    for (const [where, records] of Object.entries(chat.received())) {
      for (const [what, canary] of Object.entries(CANARIES)) {
        expect(findCanary(records, canary), `${what}, at the ${where}`).toEqual([]);
      }
    }
  });

  it('would be found there, as is what they may know', () => {
    const { emulator, service, backend } = chat.received();
    // Who is there, on all three; an encrypted body at the emulator; a card, in base64, at the service.
    for (const records of [emulator, service, backend]) expect(findCanary(records, 'alice')).not.toEqual([]);
    expect(findCanary(emulator, 'sotto1:')).not.toEqual([]);
    expect(findCanary(service, '"identity":"carol"')).not.toEqual([]);
    const sent = [{ body: CANARIES.text }, { body: Buffer.from(CANARIES.text).toString('base64') }];
    const leaks = sent.map((leak) => Buffer.from(JSON.stringify(leak)));
    expect(findCanary([...leaks, Buffer.from(Buffer.from(leaks[1]!).toString('base64'))], CANARIES.text)).toEqual([
      0, 1, 2,
    ]);
    expect(findCanary([Buffer.from('"\\ud83c\\udf89"')], CANARIES.reaction)).toEqual([0]);
  });

  it('leaves the consoles clean', () => {
    // The first of them asks for somebody who lets newcomers in, and without the demo there is nobody.
    const known = 'carol: Failed to load resource: the server responded with a status of 404 (Not Found)';
    expect(people.flatMap(({ complaints }) => complaints)).toEqual([known]);
  });
});

/** Does everything once that the app can do. */
async function live(carol: Person, alice: Person): Promise<void> {
  const { page } = alice;
  await makeRoom(page, { members: 'carol', title: CANARIES.title });
  await enterRoom(carol.page, CANARIES.title);
  await tell(page, CANARIES.text);
  await react(carol.page, message(carol.page, CANARIES.text), 'Celebration');
  await expectSeen(message(page, CANARIES.text).getByRole('button', { name: 'Celebration, by carol' }));
  await choose(page, message(page, CANARIES.text), 'Edit');
  await page.getByRole('textbox', { name: 'Edit the message' }).fill(CANARIES.edited);
  await page.keyboard.press('Enter');
  await expectSeen(message(carol.page, CANARIES.edited));

  await message(carol.page, CANARIES.edited).hover();
  await message(carol.page, CANARIES.edited).getByRole('button', { name: 'Reply' }).click();
  await pickFiles(carol.page, [textFile(CANARIES.fileName, CANARIES.fileContent)]);
  await expectSeen(carol.page.getByRole('list', { name: 'Files to send' }));
  await say(carol.page, CANARIES.answer);
  const saving = page.waitForEvent('download');
  await message(page, CANARIES.answer)
    .getByRole('button', { name: `Decrypt and save ${CANARIES.fileName}` })
    .click();
  await (await saving).path();

  await tell(page, CANARIES.removed);
  await expectSeen(message(carol.page, CANARIES.removed));
  await choose(page, message(page, CANARIES.removed), 'Delete for everybody');
  await expectSeen(message(carol.page, 'Removed by a member or by the service'));

  await page.getByRole('button', { name: 'Disappearing messages' }).click();
  await page.getByRole('menuitemradio', { name: 'Disappear after 30 seconds' }).click();
  await say(page, CANARIES.disappearing);
  await expectSeen(message(carol.page, CANARIES.disappearing));

  const search = await openPanel(page, 'Search');
  await search.getByRole('searchbox', { name: 'Words' }).fill(CANARIES.search);
  await expectSeen(search.getByText('Nothing found'));
  await composer(page).fill(CANARIES.draft);

  await chooseFromAccount(page, 'Back up your key…');
  await page.getByLabel('Password', { exact: true }).fill(CANARIES.password);
  await page.getByLabel('Password, again').fill(CANARIES.password);
  await page.getByRole('button', { name: 'Back up' }).click();
  await expectSeen(page.getByText('Backed up.'));
}
