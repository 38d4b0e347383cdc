/** A room of a thousand messages: only those near the view are in the page, and all of them can be reached. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSeen } from '../kit/expect-seen.ts';
import type { Person } from '../kit/person.ts';
import { takePicture } from '../kit/pictures.ts';
import { enterRoom, message, openPanel } from '../kit/room.ts';
import { useStage } from '../kit/stage.ts';
import { fillRoom, openVisitor } from '../kit/visitor.ts';

const COUNT = 1000;
const MOST_ROWS_AT_ONCE = 100;

const stage = useStage();

describe('a room of a thousand messages', () => {
  let alice: Person;
  beforeAll(async () => {
    alice = await stage.visit('alice');
    const carol = await openVisitor(stage.demo, 'carol');
    await fillRoom(carol, { other: 'alice', title: 'A thousand', count: COUNT });
    await carol.leave();
  }, 180_000);

  const scroller = () => alice.page.getByRole('region', { name: /^Messages/ });
  const countRows = () => scroller().getByRole('listitem').count();

  it('opens at the newest one, with few rows in the page', async () => {
    await enterRoom(alice.page, 'A thousand');
    await expectSeen(message(alice.page, `Message ${COUNT}:`));
    expect(await countRows()).toBeLessThan(MOST_ROWS_AT_ONCE);
    await takePicture(alice.page, 'thousand messages light');
  });

  it('scrolls up to the first one, and shows no ciphertext on the way', async () => {
    const seen = await scroller().evaluate(async (element) => {
      const faults = new Set<string>();
      let mostRows = 0;
      const look = (): void => {
        const rows = [...element.querySelectorAll('[role="listitem"]')];
        mostRows = Math.max(mostRows, rows.length);
        for (const row of rows) if (/sotto1|^[\w+/=-]{60,}$/.test(row.textContent ?? '')) faults.add(row.textContent!);
      };
      const changes = new MutationObserver(look);
      changes.observe(element, { childList: true, subtree: true, characterData: true });
      const isFirstThere = () =>
        [...element.querySelectorAll('article')].some((row) => /Message 1:/.test(row.textContent!));
      while (!isFirstThere() || element.scrollTop > 0) {
        look();
        element.scrollTop -= 400;
        await new Promise(requestAnimationFrame);
      }
      changes.disconnect();
      return { faults: [...faults], mostRows };
    });
    expect(seen.faults).toEqual([]);
    expect(seen.mostRows).toBeLessThan(MOST_ROWS_AT_ONCE);
    await expectSeen(
      scroller()
        .getByRole('article')
        .filter({ hasText: /Message 1:/ }),
    );
    await takePicture(alice.page, 'thousand messages top light');
  });

  it('finds a word in all of it, and goes there', async () => {
    const panel = await openPanel(alice.page, 'Search');
    await panel.getByRole('searchbox', { name: 'Words' }).fill('message 357');
    await panel.getByRole('button', { name: /Message 357/i }).click();
    await expectSeen(message(alice.page, 'Message 357:'));
    expect(await countRows()).toBeLessThan(MOST_ROWS_AT_ONCE);
    await takePicture(alice.page, 'search light');
  });

  it('goes back to the newest with one press', async () => {
    await alice.page.getByRole('button', { name: 'To the newest message' }).click();
    await expectSeen(message(alice.page, `Message ${COUNT}:`));
  });
});
