/** Groups that one client begins and the other reads, writes in and changes, on two devices in Chromium. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tab } from './kit/stage.ts';
import { type Client, type Group, type OfficialPage, openOfficialPage } from './official-page.ts';

declare global {
  /** The user of the device of this page, by whichever client, and the group as that client knows it. */
  var speaker: Client;
  var group: Group;
}

type Which = 'openOfficial' | 'openOurs';

let opened: OfficialPage;
let laptop: Tab;
let phone: Tab;

beforeAll(async () => {
  opened = await openOfficialPage();
  laptop = opened.tab;
  phone = await opened.openElsewhere();
});
afterAll(() => opened.stage.close());

const register = ({ page }: Tab, open: Which, identity: string): Promise<void> =>
  page.evaluate(
    async (of) => {
      globalThis.speaker = await globalThis[of.open](of.identity);
      await speaker.register();
    },
    { open, identity },
  );

describe.each<[string, { initiator: Which; member: Which }]>([
  ['the official client, with a member who has ours', { initiator: 'openOfficial', member: 'openOurs' }],
  ['ours, with a member who has the official client', { initiator: 'openOurs', member: 'openOfficial' }],
])('a group of %s', (_, { initiator, member }) => {
  const names = { begun: `begun-${initiator}`, joined: `joined-${member}`, third: `third-${initiator}` };
  const id = `group of ${initiator}`;

  it('is read and written in by both', async () => {
    await register(phone, member, names.joined);
    await register(laptop, initiator, names.begun);
    const text = await laptop.page.evaluate(
      async (of) => {
        globalThis.group = await speaker.createGroup(of.id, await speaker.findUsers(of.joined));
        return group.encrypt('to both');
      },
      { id, ...names },
    );
    const seen = await phone.page.evaluate(
      async (of) => {
        const sender = await speaker.findUsers(of.begun);
        globalThis.group = await speaker.loadGroup(of.id, sender);
        return { read: await group.decrypt(of.text, sender), answer: await group.encrypt('an answer') };
      },
      { id, text, ...names },
    );
    expect(seen.read).toBe('to both');
    const read = await laptop.page.evaluate(
      async (of) => group.decrypt(of.answer, await speaker.findUsers(of.joined)),
      {
        answer: seen.answer,
        ...names,
      },
    );
    expect(read).toBe('an answer');
  });

  it('is changed by the one, and the other sees it', async () => {
    const elsewhere = await opened.openElsewhere();
    await register(elsewhere, member, names.third);
    const text = await laptop.page.evaluate(async (of) => {
      await group.add(await speaker.findUsers(of.third));
      return group.encrypt('to three');
    }, names);
    const readers = [];
    for (const { page } of [phone, elsewhere]) {
      readers.push(
        await page.evaluate(
          async (of) => {
            const sender = await speaker.findUsers(of.begun);
            globalThis.group = await speaker.loadGroup(of.id, sender);
            return { read: await group.decrypt(of.text, sender), members: [...group.participants].sort() };
          },
          { id, text, ...names },
        ),
      );
    }
    const members = Object.values(names).sort();
    expect(readers).toEqual(Array(2).fill({ read: 'to three', members }));

    const last = await laptop.page.evaluate(async (of) => {
      await group.remove(await speaker.findUsers(of.joined));
      return group.encrypt('to two');
    }, names);
    const read = (of: { text: string; begun: string }) =>
      speaker.findUsers(of.begun).then((sender) => outcomeOf(group.decrypt(of.text, sender)));
    expect(await phone.page.evaluate(read, { text: last, ...names })).toMatchObject({ errorCode: 10 });
    await elsewhere.page.evaluate(() => group.update());
    expect(await elsewhere.page.evaluate(read, { text: last, ...names })).toBe('to two');
  });
});
