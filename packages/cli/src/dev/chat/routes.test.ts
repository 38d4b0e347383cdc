import { describe, expect, it } from 'vitest';
import { demoError } from './errors.ts';
import { answerJson, checkOwnPage, readOwnJson } from './routes.ts';

const URL_OF_PAGE = new URL('http://localhost:3000/demo/it');
const own = { Origin: 'http://localhost:3000', 'Content-Type': 'application/json' };
const post = (body: string, headers: Record<string, string> = own) =>
  new Request(URL_OF_PAGE, { method: 'POST', headers, body });

describe('what the page of this origin sends', () => {
  it('is read', async () => {
    expect(await readOwnJson(post('{"a":[1]}'), URL_OF_PAGE)).toEqual({ a: [1] });
    const charset = { ...own, 'Content-Type': 'Application/JSON; charset=utf-8' };
    expect(await readOwnJson(post('{}', charset), URL_OF_PAGE)).toEqual({});
  });

  it.each([
    ['no object', post('[]'), 'demo/no-json'],
    ['null', post('null'), 'demo/no-json'],
    ['no JSON', post('{'), 'demo/no-json'],
    ['nothing', post(''), 'demo/no-json'],
    ['a type that only begins so', post('{}', { ...own, 'Content-Type': 'application/json-seq' }), 'demo/no-json'],
    ['a form', post('{}', { ...own, 'Content-Type': 'text/plain' }), 'demo/no-json'],
    ['another port', post('{}', { ...own, Origin: 'http://localhost:3001' }), 'demo/foreign-page'],
    ['no origin', post('{}', { 'Content-Type': 'application/json' }), 'demo/foreign-page'],
    ['too much', post(JSON.stringify({ a: 'x'.repeat(16 * 1024) })), 'demo/too-large'],
    ['too much, it says', post('{}', { ...own, 'Content-Length': '16385' }), 'demo/too-large'],
  ])('is refused when it is %s', async (_, request, code) => {
    await expect(readOwnJson(request, URL_OF_PAGE)).rejects.toMatchObject({ code });
  });
});

describe('who asks', () => {
  it('may be somebody without an origin, such as a page for itself or curl', () => {
    expect(() => checkOwnPage(new Request(URL_OF_PAGE), URL_OF_PAGE)).not.toThrow();
  });

  it('may not be a page of elsewhere', () => {
    const request = new Request(URL_OF_PAGE, { headers: { Origin: 'http://127.0.0.1:3000' } });
    expect(() => checkOwnPage(request, URL_OF_PAGE)).toThrow(expect.objectContaining({ code: 'demo/foreign-page' }));
  });
});

describe('an answer', () => {
  it('is a code and a message where it is a refusal', async () => {
    const answer = await answerJson(async () => {
      throw demoError('demo/no-file');
    });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toEqual({ code: 'demo/no-file', message: expect.stringContaining('no file') });
  });

  it('does not hide what went wrong otherwise', async () => {
    await expect(answerJson(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
  });
});
