/** Scrolls a room of a thousand messages up and down, and takes the time from frame to frame. */
import { chromium, type Page } from 'playwright';
import { launchOptions } from '../../tools/chromium.js';
import { startDemo } from './demo.ts';
import { openPerson } from './person.ts';
import { composer, enterRoom, message } from './room.ts';
import { fillRoom, openVisitor } from './visitor.ts';

export interface FrameTimes {
  readonly name: string;
  readonly frames: number;
  /** Milliseconds, as all that follow. */
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly longest: number;
}

const COUNT = 1000;

export async function measureScrolling(): Promise<readonly FrameTimes[]> {
  const [demo, browser] = await Promise.all([startDemo(), chromium.launch(launchOptions())]);
  try {
    const { page } = await openPerson(browser, { name: 'alice' });
    await page.goto(`${demo.url}/?as=alice`);
    await composer(page).waitFor();
    const carol = await openVisitor(demo, 'carol');
    await fillRoom(carol, { other: 'alice', title: 'A thousand', count: COUNT });
    await carol.leave();
    await enterRoom(page, 'A thousand');
    await message(page, `Message ${COUNT}:`).waitFor();
    return [
      await scroll(page, 'up, decrypting older pages', -60),
      await scroll(page, 'down, all decrypted', 60),
      await scroll(page, 'up, all decrypted', -60),
    ];
  } finally {
    await browser.close();
    await demo.stop();
  }
}

async function scroll(page: Page, name: string, pixels: number): Promise<FrameTimes> {
  const times = await page.getByRole('region', { name: /^Messages/ }).evaluate(async (element, step) => {
    const taken: number[] = [];
    let last = await new Promise<number>(requestAnimationFrame);
    const { scrollHeight } = element;
    const isThere = (): boolean =>
      step > 0
        ? element.scrollHeight - element.scrollTop - element.clientHeight < 2
        : element.scrollTop <= 0 &&
          [...element.querySelectorAll('article')].some((row) => /Message 1:/.test(row.innerText));
    // Ends even where something keeps it from getting there.
    const most = 2000 + (20 * scrollHeight) / Math.abs(step);
    while (!isThere() && taken.length < most) {
      element.scrollTop += step;
      const now = await new Promise<number>(requestAnimationFrame);
      taken.push(now - last);
      last = now;
    }
    return taken;
  }, pixels);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)]!;
  return { name, frames: times.length, median: at(0.5), p95: at(0.95), p99: at(0.99), longest: at(1) };
}
