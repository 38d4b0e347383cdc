import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanFileName } from './file-name.ts';

describe('the name of a file', () => {
  it.each([
    ['plan.pdf', 'plan.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\system32\\a.dll', 'a.dll'],
    ['..', 'file'],
    ['', 'file'],
    ['folder/', 'file'],
    ['.hidden', 'hidden'],
    ['what?.txt', 'what_.txt'],
    ['photo\u202Egnp.exe', 'photognp.exe'],
    ['a\u0000b.txt', 'ab.txt'],
    ['Übersicht – 报告.pdf', 'Übersicht – 报告.pdf'],
    [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(251)}.pdf`],
  ])('"%s" becomes "%s"', (name, clean) => {
    expect(cleanFileName(name)).toBe(clean);
  });

  it('is never a path, never empty and never too long, and is clean the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const clean = cleanFileName(name);
        expect(clean).not.toMatch(/[/\\\p{Cc}]/u);
        expect(['', '.', '..']).not.toContain(clean);
        expect(clean.length).toBeLessThanOrEqual(255);
        expect(cleanFileName(clean)).toBe(clean);
      }),
    );
  });
});
