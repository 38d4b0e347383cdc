import { describe, expect, it } from 'vitest';
import { callError, sendError } from './call-failure.ts';

// As the SDK throws them, both majors: the classes are not exported, and their names are minified in browsers.
const upstream = (status: number, code?: number): Error =>
  Object.assign(new Error('Bad Request'), { status, description: 'Bad Request', body: { status, code } });
const upload = (code: number): Error =>
  Object.assign(new Error(`${code}: [] `), { code, status: '', headers: {}, body: '' });
const socketReply = (code: number): Error =>
  Object.assign(new Error('Transport failure: REFUSED'), { reply: { status: { code, status: 'REFUSED' } } });

describe('a send that the SDK rejects', () => {
  it.each<[string, unknown, object]>([
    ['the service answered with a refusal', upstream(413, 50504), { status: 413, twilioCode: 50504 }],
    ['the service wants fewer requests', upstream(429, 51202), { status: 429, twilioCode: 51202 }],
    ['the socket refused it', socketReply(401), { status: 401 }],
    ['an upload got no answer', upload(0), { status: 0 }],
    ['an upload was refused', upload(413), { status: 413 }],
    ['the connection was given up', new Error('Unable to connect: token expired'), {}],
  ])('was surely not stored if %s', (_why, cause, details) => {
    expect(sendError(cause)).toMatchObject({ code: 'chat/send-refused', details, cause });
  });

  it.each<[string, unknown]>([
    ['the socket was closed', new Error('disconnected')],
    ['no reply came in time', new Error('Twilsock: request timeout: TM0')],
    ['the service failed', upstream(503, 20503)],
    ['a gateway gave up waiting', upstream(408)],
    ['something else happened', 'a text'],
    ['nothing is said', undefined],
  ])('may be stored if %s', (_why, cause) => {
    expect(sendError(cause)).toMatchObject({ code: 'chat/send-doubtful' });
  });
});

describe('another call that the SDK rejects', () => {
  it('names what the role does not permit', () => {
    expect(callError(upstream(403, 50107))).toMatchObject({
      code: 'twilio/not-permitted',
      details: { status: 403, twilioCode: 50107 },
    });
  });

  it('has failed otherwise', () => {
    expect(callError(new Error('disconnected'))).toMatchObject({ code: 'twilio/call-failed', details: {} });
  });
});
