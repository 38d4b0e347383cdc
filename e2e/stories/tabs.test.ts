/** Five tabs of one user, who writes in all of them at once. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSeen } from '../kit/expect-seen.ts';
import type { Person } from '../kit/person.ts';
import { enterRoom, makeRoom, message, say, tell } from '../kit/room.ts';
import { useStage } from '../kit/stage.ts';

const stage = useStage();

describe('five tabs of one user', () => {
  const tabs: Person[] = [];
  let carol: Person;
  beforeAll(async () => {
    carol = await stage.visit('carol');
    tabs.push(await stage.visit('alice'));
    const [{ context, page }] = tabs as [Person];
    await makeRoom(page, { members: 'carol', title: 'Many tabs' });
    await tell(page, 'From the first tab');
    while (tabs.length < 5) tabs.push(await stage.visit('alice', { context }));
    for (const person of [...tabs, carol]) {
      await enterRoom(person.page, 'Many tabs');
      await expectSeen(message(person.page, 'From the first tab'));
    }
  });

  it('all show what is written in any of them, and each is believed by the other side', async () => {
    await Promise.all(tabs.map(({ page }, at) => say(page, `At once, from tab ${at + 1}`)));
    for (const { page } of [...tabs, carol]) {
      for (const at of tabs.keys()) await expectSeen(message(page, `At once, from tab ${at + 1}`));
    }
    await tell(carol.page, 'I got all five');
    for (const { page } of tabs) await expectSeen(message(page, 'I got all five'));
    for (const { page } of [...tabs, carol]) {
      const words = await page.getByRole('list', { name: 'Messages', exact: true }).innerText();
      expect(words.match(/At once, from tab \d/g)?.sort()).toEqual(tabs.map((_, at) => `At once, from tab ${at + 1}`));
      expect(words).not.toMatch(/missing|changed the order|two histories|not shown|second time/i);
    }
  });
});
