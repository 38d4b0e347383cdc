/** Pictures of what people see, kept in `artefacts/`. */
import { join } from 'node:path';
import type { Page } from 'playwright';

const FOLDER = join(import.meta.dirname, '../artefacts');

/** As `room-dark.png` for "Room, dark". */
export async function takePicture(page: Page, title: string): Promise<void> {
  const name = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  // Frozen at their ends, or the pictures would differ from run to run.
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled', caret: 'hide' });
}
