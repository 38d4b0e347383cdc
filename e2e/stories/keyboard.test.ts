/** The whole way with nothing but the keyboard: sign in, write, react, see how a message was verified, and out of it again. */
import type { Page } from 'playwright';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectGone, expectSeen } from '../kit/expect-seen.ts';
import type { Person } from '../kit/person.ts';
import { composer, message } from '../kit/room.ts';
import { useStage } from '../kit/stage.ts';

const MOST_STEPS = 40;

const stage = useStage();

/** Presses a key until the focus is on something of that name. */
async function moveTo(page: Page, key: 'Tab' | 'Shift+Tab' | 'ArrowDown' | 'ArrowUp', name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const here = await describeFocus(page);
    if (name.test(here)) return;
    passed.push(here);
    await page.keyboard.press(key);
  }
  throw new Error(`${key} did not lead to ${String(name)}, but to ${passed.join(' | ')}`);
}

/** The accessible name of what has the focus, as far as these stories need it. */
function describeFocus(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
    return element?.ariaLabel ?? labels[0]?.textContent ?? element?.textContent ?? '';
  });
}

describe('with the keyboard alone', () => {
  let alice: Person;
  let page: Page;
  beforeAll(async () => {
    alice = await stage.open({ name: 'alice' });
    page = alice.page;
    await expectSeen(page.getByLabel('Your name'));
  });

  it('one signs in', async () => {
    await moveTo(page, 'Tab', /^Your name/);
    await page.keyboard.type('alice');
    await page.keyboard.press('Enter');
    await expectSeen(message(page, 'I am bob'));
  });

  it('one writes', async () => {
    await moveTo(page, 'Tab', /^Message$/);
    await page.keyboard.type('Typed, and nothing clicked');
    await page.keyboard.press('Enter');
    await expectSeen(message(page, 'Typed, and nothing clicked').getByRole('img', { name: /^(Sent|Read by)/ }));
    expect(await describeFocus(page)).toBe('Message');
    await expectSeen(message(page, 'Got it: 26 characters, encrypted'));
  });

  it('one reacts', async () => {
    await moveTo(page, 'Shift+Tab', /^Messages\. Arrow keys/);
    await moveTo(page, 'ArrowUp', /^bob, /);
    await moveTo(page, 'Tab', /^React$/);
    await page.keyboard.press('Enter');
    await expectSeen(page.getByRole('dialog', { name: 'Reactions' }));
    await moveTo(page, 'Tab', /^Heart$/);
    await page.keyboard.press('Enter');
    await expectSeen(message(page, 'Got it: 26 characters').getByRole('button', { name: 'Heart, by you' }));
  });

  it('one sees how a message was verified, and gets back to it', async () => {
    await moveTo(page, 'Tab', /^More$/);
    await page.keyboard.press('Enter');
    await expectSeen(page.getByRole('menu'));
    await moveTo(page, 'ArrowDown', /^How it is verified/);
    await page.keyboard.press('Enter');
    const details = page.getByRole('dialog');
    await expectSeen(details.getByText('Can be read by'));
    await page.keyboard.press('Escape');
    await expectGone(details);
    const isInside = () =>
      page.evaluate(() => document.activeElement?.closest('article')?.textContent?.includes('Got it: 26') ?? false);
    await expect.poll(isInside).toBe(true);
  });

  it('one closes a panel, and is where one was', async () => {
    await moveTo(page, 'Shift+Tab', /^Members$/);
    await page.keyboard.press('Enter');
    await expectSeen(page.getByRole('region', { name: 'Members', exact: true }));
    await moveTo(page, 'Tab', /^Close panel$/);
    await page.keyboard.press('Enter');
    await expectGone(page.getByRole('region', { name: 'Members', exact: true }));
    expect(await composer(page).isVisible()).toBe(true);
  });
});
