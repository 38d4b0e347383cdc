/** Somebody with a browser of their own, and all that its console complains of. */
import type { Browser, BrowserContext, ConsoleMessage, Page } from 'playwright';

export interface Person {
  readonly name: string;
  readonly page: Page;
  readonly context: BrowserContext;
  /** Warnings and errors of the console, violations of the policy among them, and errors that nobody caught; oldest first. */
  readonly complaints: string[];
}

export interface Look {
  readonly theme?: 'light' | 'dark';
  readonly width?: 'wide' | 'narrow';
}

export interface PersonOptions extends Look {
  readonly name: string;
  /** A tab of a browser that is open; a browser of its own otherwise. */
  readonly context?: BrowserContext;
}

const SIZES = { wide: { width: 1280, height: 820 }, narrow: { width: 390, height: 780 } } as const;

/** How long anything may take on a machine that has other things to do. */
const PATIENCE_MS = 25_000;

export async function openPerson(browser: Browser, options: PersonOptions): Promise<Person> {
  const { name, theme = 'light', width = 'wide' } = options;
  const context = options.context ?? (await browser.newContext({ colorScheme: theme, viewport: SIZES[width] }));
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message: ConsoleMessage) => {
    if (['error', 'warning', 'assert'].includes(message.type())) complaints.push(`${name}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${name}: ${error.stack ?? String(error)}`));
  return { name, page, context, complaints };
}

/** The same page in another look, once all of it has changed. */
export async function changeLook({ page }: Person, { theme = 'light', width = 'wide' }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.setViewportSize(SIZES[width]);
  await page.evaluate(async () => {
    // Transitions begin with the second frame.
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
    const finite = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(finite.map(({ finished }) => finished));
  });
}
