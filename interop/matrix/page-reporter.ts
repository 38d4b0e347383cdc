/** Writes docs/compatibility.md at the end of a full run, if all of it passed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';
import { openSslVersion } from './openssl.ts';
import { renderPage } from './page.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'compatibility.md');

export default class PageReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], _errors: readonly unknown[], reason: TestRunEndReason): void {
    if (reason !== 'passed' || openSslVersion === undefined) {
      console.error('docs/compatibility.md stays as it was: something failed, or openssl is not installed');
      return;
    }
    const metas = modules.flatMap((module) => [...module.children.allTests()]).map((test) => test.meta());
    const page = renderPage({
      counted: metas.flatMap(({ counted = [] }) => counted),
      forms: metas.flatMap(({ forms = [] }) => forms),
      compared: metas.flatMap(({ compared = [] }) => compared),
      ranWith: `Node ${process.versions.node} and ${openSslVersion}`,
    });
    writeFileSync(PAGE, page);
  }
}
