/** Backups and groups of the official client for browsers over our service at another origin, on two devices. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Tab } from './kit/stage.ts';
import { type Client, type Group, type OfficialClient, type OfficialPage, openOfficialPage } from './official-page.ts';

declare global {
  /** The user on the device of this page. */
  var official: OfficialClient;
  var ours: Client;
  var shared: Group;
}

let opened: OfficialPage;
let laptop: Tab;
let phone: Tab;

beforeAll(async () => {
  opened = await openOfficialPage();
  laptop = opened.tab;
  phone = await opened.openElsewhere();
});
afterAll(() => opened.stage.close());
afterEach(() => {
  const complaints = [laptop, phone].flatMap((tab) => tab.complaints.splice(0));
  // It warns of each old call by itself, and Chromium notes each refusal.
  const isExpected = (text: string) =>
    /^Warning! |was deprecated|^Failed to load resource: the server responded with a status of 4\d\d /.test(text);
  expect(complaints.filter((text) => !isExpected(text))).toEqual([]);
});

describe('the official client in Chromium', () => {
  it('backs its key up, and brings it to another device under a password that was changed', async () => {
    const letter = await laptop.page.evaluate(async () => {
      globalThis.official = await openOfficial('vera');
      await official.register();
      await official.backupPrivateKey('first');
      await official.changePassword('first', 'second');
      return official.authEncrypt('from the laptop');
    });
    const seen = await phone.page.evaluate(async (text) => {
      globalThis.official = await openOfficial('vera');
      const refused = await outcomeOf(official.restorePrivateKey('first'));
      await official.restorePrivateKey('second');
      const again = await outcomeOf(official.restorePrivateKey('second'));
      return { refused, again, read: await official.authDecrypt(text) };
    }, letter);
    expect(seen).toMatchObject({
      refused: { name: 'WrongKeyknoxPasswordError' },
      again: { name: 'PrivateKeyAlreadyExistsError' },
      read: 'from the laptop',
    });
  });

  it('takes a new key, and makes its backup anew for it', async () => {
    const { outcomes, letter } = await laptop.page.evaluate(async () => {
      await official.cleanup();
      await official.rotatePrivateKey();
      const calls = [() => official.backupPrivateKey('second'), () => official.resetPrivateKeyBackup('wrong')];
      const refusals: unknown[] = [];
      for (const call of calls) refusals.push(await outcomeOf(call()));
      await official.resetPrivateKeyBackup('second');
      await official.backupPrivateKey('second');
      return { outcomes: refusals, letter: await official.authEncrypt('by the new key') };
    });
    expect(outcomes).toMatchObject([{ name: 'CloudEntryExistsError' }, { name: 'WrongKeyknoxPasswordError' }]);
    const read = await phone.page.evaluate(async (text) => {
      await official.cleanup();
      await official.restorePrivateKey('second');
      return official.authDecrypt(text);
    }, letter);
    expect(read).toBe('by the new key');
  });

  it('leaves its backup behind when it leaves, until that is removed', async () => {
    await laptop.page.evaluate(() => official.unregister());
    const outcomes = await phone.page.evaluate(async () => {
      await official.cleanup();
      const found = await official.cardManager.searchCards('vera');
      await official.restorePrivateKey('second');
      await official.cleanup();
      await official.resetPrivateKeyBackup();
      return [found, await outcomeOf(official.restorePrivateKey('second'))];
    });
    expect(outcomes).toMatchObject([[], { name: 'PrivateKeyNoBackupError' }]);
  });

  it('has backups under names beside', async () => {
    const letter = await laptop.page.evaluate(async () => {
      globalThis.official = await openOfficial('wanda');
      await official.register();
      await official.backupPrivateKey('unnamed');
      await official.backupPrivateKey('first', 'work');
      await official.changePassword('first', 'second', 'work');
      return official.authEncrypt('from the laptop');
    });
    const read = await phone.page.evaluate(async (text) => {
      globalThis.official = await openOfficial('wanda');
      await official.restorePrivateKey('second', 'work');
      await official.resetPrivateKeyBackupWithKeyName('work');
      return official.authDecrypt(text);
    }, letter);
    expect(read).toBe('from the laptop');
    const rest = await phone.page.evaluate(async () => {
      await official.cleanup();
      const outcome = await outcomeOf(official.restorePrivateKey('second', 'work'));
      await official.restorePrivateKey('unnamed');
      return outcome;
    });
    expect(rest).toMatchObject({ name: 'TypeError' });
  });

  it('is in a group with users on other devices, as long as its initiator wants', async () => {
    await phone.page.evaluate(async () => {
      globalThis.official = await openOfficial('yara');
      await official.register();
    });
    const first = await laptop.page.evaluate(async () => {
      globalThis.shared = await official.createGroup('group of two', await official.findUsers('yara'));
      return shared.encrypt('to both');
    });
    const seen = await phone.page.evaluate(async (text) => {
      const wanda = await official.findUsers('wanda');
      globalThis.shared = await official.loadGroup('group of two', wanda);
      return { read: await shared.decrypt(text, wanda), members: [...shared.participants].sort() };
    }, first);
    expect(seen).toEqual({ read: 'to both', members: ['wanda', 'yara'] });

    const second = await laptop.page.evaluate(async () => {
      await shared.remove(await official.findUsers('yara'));
      return shared.encrypt('alone');
    });
    const outcomes = await phone.page.evaluate(async (text) => {
      const wanda = await official.findUsers('wanda');
      return [await outcomeOf(shared.decrypt(text, wanda)), await outcomeOf(shared.update())];
    }, second);
    expect(outcomes).toMatchObject([
      { name: 'GroupError', errorCode: 10 },
      { name: 'GroupError', errorCode: 11 },
    ]);
  });
});

describe.each<[string, string | undefined]>([
  ['without a name', undefined],
  ['by name', 'work'],
])('a backup %s', (how, keyName) => {
  const identity = `zoe-${how.replaceAll(' ', '-')}`;

  it('of the official client is restored by ours in Chromium, which changes its password for the official one', async () => {
    const names = { identity, keyName };
    const letter = await laptop.page.evaluate(async (of) => {
      globalThis.official = await openOfficial(of.identity);
      await official.register();
      await official.backupPrivateKey('first', of.keyName);
      return official.authEncrypt('from the official one');
    }, names);
    const seen = await phone.page.evaluate(
      async ({ text, ...of }) => {
        globalThis.ours = await openOurs(of.identity);
        const refused = await outcomeOf(ours.restorePrivateKey('wrong', of.keyName));
        await ours.restorePrivateKey('first', of.keyName);
        await ours.changePassword('first', 'second', of.keyName);
        return { refused, read: await ours.authDecrypt(text), letter: await ours.authEncrypt('from ours') };
      },
      { ...names, text: letter },
    );
    expect(seen).toMatchObject({ refused: { name: 'WrongKeyknoxPasswordError' }, read: 'from the official one' });
    const read = await laptop.page.evaluate(
      async ({ text, ...of }) => {
        await official.cleanup();
        await official.restorePrivateKey('second', of.keyName);
        return official.authDecrypt(text, await official.findUsers(of.identity));
      },
      { ...names, text: seen.letter },
    );
    expect(read).toBe('from ours');
  });

  it('of ours is restored by the official client', async () => {
    const names = { identity: `${identity}-2`, keyName };
    const letter = await phone.page.evaluate(async (of) => {
      globalThis.ours = await openOurs(of.identity);
      await ours.register();
      await ours.backupPrivateKey('first', of.keyName);
      return ours.authEncrypt('from ours');
    }, names);
    const seen = await laptop.page.evaluate(
      async ({ text, ...of }) => {
        globalThis.official = await openOfficial(of.identity);
        await official.restorePrivateKey('first', of.keyName);
        return { read: await official.authDecrypt(text), answer: await official.authEncrypt('from the official one') };
      },
      { ...names, text: letter },
    );
    expect(seen.read).toBe('from ours');
    const read = await phone.page.evaluate(async (text) => ours.authDecrypt(text), seen.answer);
    expect(read).toBe('from the official one');
  });
});
