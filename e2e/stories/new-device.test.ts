/** A key that moves to another device by its backup, and one that leaves the device for good. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectGone, expectSeen } from '../kit/expect-seen.ts';
import type { Person } from '../kit/person.ts';
import { takePicture } from '../kit/pictures.ts';
import { chooseFromAccount, composer, enterRoom, makeRoom, message, tell } from '../kit/room.ts';
import { useStage } from '../kit/stage.ts';

const PASSWORD = 'correct horse battery staple';

const stage = useStage();

describe('a new device', () => {
  let alice: Person;
  let carol: Person;
  let laptop: Person;
  beforeAll(async () => {
    carol = await stage.visit('carol');
    alice = await stage.visit('alice');
    await makeRoom(alice.page, { members: 'carol', title: 'History' });
    await enterRoom(carol.page, 'History');
    await tell(alice.page, 'Written on my first device');
    await tell(carol.page, 'And read there');
    await expectSeen(message(alice.page, 'And read there'));
  });

  it('can get the key that was backed up under a password', async () => {
    const { page } = alice;
    await chooseFromAccount(page, 'Back up your key…');
    const dialog = page.getByRole('dialog', { name: 'Backup of your key' });
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await dialog.getByLabel('Password, again').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Back up' }).click();
    await expectSeen(dialog.getByText('Backed up.'));
    await takePicture(page, 'backed up light');
    await page.keyboard.press('Escape');
    await expectGone(dialog);
  });

  it('refuses a wrong password', async () => {
    laptop = await stage.visit('alice', { theme: 'dark' });
    const { page } = laptop;
    await takePicture(page, 'key on another device dark');
    await page.getByLabel('Password of the backup').fill('wrong horse');
    await page.getByRole('button', { name: 'Restore my key' }).click();
    await expectSeen(page.getByText('Wrong password'));
    await takePicture(page, 'wrong password dark');
  });

  it('reads the whole history with the right one, and writes under the same key', async () => {
    const { page } = laptop;
    await page.getByLabel('Password of the backup').fill(PASSWORD);
    await page.getByRole('button', { name: 'Restore my key' }).click();
    await enterRoom(page, 'History');
    await expectSeen(message(page, 'Written on my first device'));
    await expectSeen(message(page, 'And read there'));
    await takePicture(page, 'second device dark');
    await tell(page, 'Written on my second device');
    for (const person of [alice, carol]) {
      await expectSeen(message(person.page, 'Written on my second device'));
      expect(await person.page.getByText(/has changed|is missing here/).count()).toBe(0);
    }
  });

  it('keeps its key after signing out, unless it is to go', async () => {
    const { page } = laptop;
    await chooseFromAccount(page, 'Sign out…');
    await takePicture(page, 'sign out dark');
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('button', { name: 'alice' }).click();
    await enterRoom(page, 'History');
    await expectSeen(message(page, 'Written on my second device'));

    await chooseFromAccount(page, 'Sign out…');
    await page.getByRole('button', { name: 'Remove my key and sign out' }).click();
    await page.getByRole('button', { name: 'alice' }).click();
    await expectSeen(page.getByText('alice has a key, and it is not on this device'));
    expect(await composer(page).count()).toBe(0);
  });

  it('leaves nothing that was read in the storage of the browser', async () => {
    const stored = await laptop.page.evaluate(async () => {
      const contents: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
      for (const { name } of await indexedDB.databases()) {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const opening = indexedDB.open(name!);
          opening.onsuccess = () => resolve(opening.result);
          opening.onerror = () => reject(opening.error!);
        });
        for (const store of database.objectStoreNames) {
          const reading = database.transaction(store).objectStore(store).getAll();
          await new Promise((resolve) => (reading.onsuccess = resolve));
          contents.push(reading.result);
        }
        database.close();
      }
      return JSON.stringify(contents);
    });
    expect(stored).not.toMatch(/first device|second device|read there|History/);
  });
});
