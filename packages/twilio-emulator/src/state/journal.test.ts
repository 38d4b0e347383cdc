import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EmulatorError } from '../errors.ts';
import { openJournal, parseJournal, readJournal, type Transaction } from './journal.ts';
import type { RoleRow } from './rows.ts';

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-emulator-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'below', 'state.jsonl');
}

function transaction(seq: number): Transaction {
  const row: RoleRow = { seq, sid: `RL${seq}`, friendlyName: 'line\nend ü', type: 'service', permissions: [] };
  return { serviceSid: 'IS1', changes: [{ table: 'role', row }] };
}

describe('the journal', () => {
  it('has all that was appended, after it was opened again', () => {
    const file = newFile();
    expect(readJournal(file)).toEqual([]);
    const journal = openJournal(file, [transaction(1)]);
    journal.append(transaction(2));
    expect(readJournal(file)).toEqual([transaction(1), transaction(2)]);
    journal.close();
    openJournal(file, readJournal(file)).close();
    expect(readJournal(file)).toEqual([transaction(1), transaction(2)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('cut off anywhere, has the transactions before the cut', () => {
    const file = newFile();
    const transactions = [1, 2, 3].map(transaction);
    openJournal(file, transactions).close();
    const bytes = readFileSync(file);
    fc.assert(
      fc.property(fc.nat(bytes.length), (length) => {
        const read = parseJournal(bytes.subarray(0, length).toString('utf8'));
        const lines = bytes.subarray(0, length).toString('latin1').split('\n').length - 2;
        expect(read).toEqual(transactions.slice(0, Math.max(0, lines)));
      }),
    );
  });

  it.each(['{}\n', 'not ours\n', 'not ours', '{"format":"sotto-twilio-emulator","version":2}\n', '[]\n'])(
    'refuses a file that is something else: %j',
    (text) => {
      const file = newFile();
      openJournal(file, []).close();
      writeFileSync(file, text);
      expect(() => readJournal(file)).toThrow(expect.objectContaining({ code: 'emulator/damaged-file' }));
    },
  );

  it('refuses damage by one error', () => {
    const good = `{"format":"sotto-twilio-emulator","version":1}\n${JSON.stringify(transaction(1))}\n`;
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.string({ maxLength: 3 }), (at, text) => {
        try {
          parseJournal(good.slice(0, at) + text + good.slice(at + 1));
        } catch (error) {
          expect(error).toBeInstanceOf(EmulatorError);
        }
      }),
    );
  });
});
