/** A room as people use it: opening, writing, and what can be done with a message; by roles and names, never by markup. */
import type { Locator, Page } from 'playwright';

/** By its title, or by who is in it. */
export function roomLink(page: Page, name: string | RegExp): Locator {
  return page.getByRole('navigation', { name: 'Your rooms' }).getByRole('link', { name });
}

export async function enterRoom(page: Page, name: string | RegExp): Promise<void> {
  await roomLink(page, name).click();
  await roomLink(page, name).and(page.locator('[aria-current=page]')).waitFor();
  await composer(page).waitFor();
}

export async function makeRoom(page: Page, room: { readonly members: string; readonly title: string }): Promise<void> {
  await page.getByRole('button', { name: 'New room' }).click();
  const dialog = page.getByRole('dialog', { name: 'New room' });
  await dialog.getByLabel('Members').fill(room.members);
  await dialog.getByLabel('Title').fill(room.title);
  await dialog.getByRole('button', { name: 'Make room' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('heading', { level: 2, name: room.title, exact: true }).waitFor();
}

export function composer(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Message', exact: true });
}

/** Writes and sends; does not wait for it to be sent. */
export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** Writes, and waits until the chat service has it. */
export async function tell(page: Page, text: string): Promise<void> {
  await say(page, text);
  await message(page, text)
    .getByRole('img', { name: /^(Sent|Read by)/ })
    .waitFor();
}

/** The newest message with this in it, answers that quote it included. */
export function message(page: Page, text: string | RegExp): Locator {
  return page.getByRole('article').filter({ hasText: text }).last();
}

/** Chooses from the menu of a message. */
export async function choose(page: Page, target: Locator, item: string): Promise<void> {
  await target.hover();
  await target.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

export async function react(page: Page, target: Locator, reaction: string): Promise<void> {
  await target.hover();
  await target.getByRole('button', { name: 'React' }).click();
  await page.getByRole('button', { name: reaction, exact: true }).click();
}

export type PanelName = 'Members' | 'Search' | 'What Twilio sees' | 'Attack';

/** Opens a panel beside the room, if it is not open. */
export async function openPanel(page: Page, name: PanelName): Promise<Locator> {
  const panel = page.getByRole('region', { name, exact: true });
  const button = page.getByRole('button', { name, exact: true });
  if ((await button.getAttribute('aria-pressed')) !== 'true') await button.click();
  await panel.waitFor();
  return panel;
}

export async function chooseFromAccount(page: Page, item: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}
