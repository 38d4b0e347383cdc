/** Waiting for what is to be on the page, in the manner of `expect`: each fails by saying what it waited for. */
import type { Locator } from 'playwright';

export async function expectSeen(locator: Locator): Promise<void> {
  await locator.first().waitFor();
}

export async function expectGone(locator: Locator): Promise<void> {
  await locator.first().waitFor({ state: 'hidden' });
}
