/** The program of a guide in a page of its own: what it says on the console, and what the page complains of. */
import { openTab, type Loading, type Stage } from './stage.ts';
import type { AppName } from './setup.ts';

export interface Guide {
  readonly said: readonly string[];
  readonly complaints: readonly string[];
}

/** Resolves once it has said `lines` things. */
export async function followGuide(
  stage: Stage,
  { app, how, lines }: { readonly app: AppName; readonly how: Loading; readonly lines: number },
): Promise<Guide> {
  const tab = await openTab(await stage.browser.newContext());
  if (how === 'unbundled') await tab.page.addInitScript(() => Object.assign(globalThis, { process: { env: {} } }));
  const said: string[] = [];
  const isOver = new Promise<void>((resolve) => {
    tab.page.on('console', (message) => {
      said.push(message.text());
      if (said.length === lines) resolve();
    });
  });
  await tab.page.goto(await stage.serve(app, how));
  await isOver;
  return { said, complaints: tab.complaints };
}
