/** What axe finds on a page. */
import axe from 'axe-core';
import type { Page } from 'playwright';

/** As `rule: element: what is wrong`; empty where all is well. */
export async function findViolations(page: Page): Promise<readonly string[]> {
  // Evaluated by the debugger, for which the page's policy does not hold.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: inPage } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await inPage.run(document, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
    );
  });
}
