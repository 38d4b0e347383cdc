import { CHAT_ERRORS, type ChatErrorCode, chatError } from '@sotto/chat';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../backend/backend-error.ts';
import { explainProblem } from './explain-problem.ts';

describe('what is said of a problem', () => {
  it.each(Object.keys(CHAT_ERRORS) as ChatErrorCode[])('has words for %s', (code) => {
    const problem = explainProblem(chatError(code, { details: { members: ['bob', 'carol'] } }));
    expect(problem).toMatchObject({ code, members: ['bob', 'carol'] });
    expect(problem.title).toMatch(/^[\p{Lu}b]/u);
    expect(`${problem.title} ${problem.text}`).not.toContain('details.members');
  });

  it('names the members at whom sending stopped', () => {
    const error = chatError('chat/unknown-member', { details: { members: ['bob', 'carol'] } });
    expect(explainProblem(error).title).toContain('bob and carol');
    expect(explainProblem(error, (member) => member.toUpperCase()).title).toContain('BOB and CAROL');
  });

  it('says that the backend is away', () => {
    expect(explainProblem(new BackendError('Start it.'))).toMatchObject({ text: 'Start it.', code: undefined });
  });

  it.each([[new Error('broken')], ['text'], [undefined]])('has words for %o, whatever it is', (error) => {
    expect(explainProblem(error).title).toBe('Something went wrong');
  });
});
