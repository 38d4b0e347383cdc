import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DISAGREEMENTS } from './disagreements.ts';
import { KEY_FORMS } from './openssl.ts';
import { renderAxes } from './page.ts';
import { isFull } from './run.ts';

const stale = 'docs/compatibility.md is older than what is run: npm run interop -- --full';

// A full run writes it anew.
describe.skipIf(isFull)('docs/compatibility.md', () => {
  let page: string;

  beforeAll(() => {
    page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'compatibility.md'), 'utf8');
  });

  it('has the axes and the numbers of cases that are run', () => {
    expect(page, stale).toContain(renderAxes());
  });

  it('has each form of key that is made, and each disagreement that is known', () => {
    const forms = Object.entries(KEY_FORMS).flatMap(([kind, { forms }]) =>
      forms.map(({ half, name }) => `| ${kind}, ${half}, ${name} `),
    );
    for (const row of [...forms, ...DISAGREEMENTS.map(({ why }) => `| ${why} `)]) expect(page, stale).toContain(row);
  });
});
