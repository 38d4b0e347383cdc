import type { FailureReason, Verification, Warning } from '@sotto/chat';
import { describe, expect, it } from 'vitest';
import { messageWith, verifiedBy } from '../../test-kit.ts';
import { explainVerification, explainWarning } from './explain.ts';

const REASONS: Record<FailureReason, true> = {
  'unknown-key': true,
  'key-not-accepted': true,
  'bad-signature': true,
  'author-mismatch': true,
  'other-room': true,
  replayed: true,
  'edited-by-other': true,
  'rolled-back': true,
  'readers-mismatch': true,
  'not-for-this-device': true,
  undecryptable: true,
  'unsupported-version': true,
  'media-missing': true,
  'media-swapped': true,
  malformed: true,
  unavailable: true,
};
const explain = (verification: Verification) => explainVerification(messageWith({ verification }), 'alice');

describe('what is said of a message', () => {
  it.each(Object.keys(REASONS) as FailureReason[])('that failed as %s has words, and no code', (reason) => {
    const { tone, label, title, text } = explain({ state: 'failed', reason });
    expect(tone).not.toBe('good');
    expect(label).toBe('Not shown');
    for (const words of [title, text]) expect(words).toMatch(/^[A-Z]/);
    expect(`${title} ${text}`).not.toMatch(/[a-z]-[a-z]+-|chat\/|undefined/);
  });

  it('is certain only where the key was compared, or is one’s own', () => {
    expect(explain(verifiedBy('alice')).tone).toBe('good');
    expect(explain(verifiedBy('bob', true)).tone).toBe('good');
    expect(explain(verifiedBy('bob'))).toMatchObject({ tone: 'neutral', label: 'Encrypted' });
  });

  it.each<[Verification]>([
    [{ state: 'plaintext' }],
    [{ state: 'unbound', sender: 'bob', isSignatureInClear: true }],
    [{ state: 'unbound', sender: 'bob', isSignatureInClear: false }],
  ])('warns of %j', (verification) => {
    expect(explain(verification).tone).toBe('warn');
  });

  it.each<[Warning, RegExp]>([
    [{ code: 'chat/gap', missing: 1 }, /^A message .* is missing/],
    [{ code: 'chat/gap', missing: 3 }, /^3 messages .* are missing/],
    [{ code: 'chat/reordered' }, /order/],
    [{ code: 'chat/forked' }, /two histories/],
    [{ code: 'chat/unknown-reader', keyIds: ['x'], identities: [] }, /a key of nobody/],
    [{ code: 'chat/unknown-reader', keyIds: [], identities: ['mallory'] }, /mallory/],
    [{ code: 'chat/left-out', identities: ['bob', 'carol'] }, /bob and carol/],
  ])('names the warning %j', (warning, words) => {
    expect(explainWarning(warning)).toMatch(words);
  });
});
