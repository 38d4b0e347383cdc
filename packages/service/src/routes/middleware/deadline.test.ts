import { Hono } from 'hono';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Env } from '../env.ts';
import { limitHandling } from './deadline.ts';
import { handleError } from './errors.ts';

const app = new Hono<Env>();
app.onError(handleError({ logger: pino({ level: 'silent' }), onRefusal: () => {} }));
app.use(limitHandling({ milliseconds: 50 }));
app.get('/stuck', () => new Promise<Response>(() => undefined));
app.get('/quick', (c) => c.text('done'));

test('a request that does not come to an end is answered', async () => {
  const response = await app.request('/stuck');
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ code: 70011 });
});

test('one that does is left alone', async () => {
  const response = await app.request('/quick');
  expect(await response.text()).toBe('done');
});
