/** Holds docs/twilio-emulator.md to the tables that it shows. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EMULATOR_ERRORS, startTwilioEmulator, TWILIO_ERRORS } from './index.ts';
import { ACCOUNT } from './test-kit.ts';

const page = readFileSync(new URL('../../../docs/twilio-emulator.md', import.meta.url), 'utf8');

/** The first cells of all rows of tables. */
const firstCells = [...page.matchAll(/^\| ([^|]*\S) +\|/gm)].map(([, cell]) => cell!);

it('the page has each code, and no other', () => {
  const numbers = firstCells
    .filter((cell) => /^\d{5}/.test(cell))
    .flatMap((cell) => {
      const [first, last] = /^(\d{5}) to (\d{5})$/.exec(cell)?.slice(1).map(Number) ?? [];
      if (first === undefined || last === undefined) return cell.split(', ').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
  const ofLimits = [50417, 50435, 50504, 50512];
  expect([...numbers, ...ofLimits].sort()).toEqual(Object.keys(TWILIO_ERRORS).map(Number).sort());
  const codes = firstCells.filter((cell) => cell.startsWith('`emulator/')).map((cell) => cell.replaceAll('`', ''));
  expect(codes.sort()).toEqual(Object.keys(EMULATOR_ERRORS).sort());
});

it('the page has each function of the control that tests steer by', async () => {
  const emulator = await startTwilioEmulator({ accounts: [ACCOUNT] });
  const { control } = emulator;
  await emulator.close();
  for (const name of Object.keys(control)) expect(page).toContain(`\`${name}\``);
});
