/** What went wrong, in words for who looks at the page. */
/* global location */

const HINTS = {
  transport: 'Is sotto dev still running?',
  'token/unavailable': 'Is sotto dev still running?',
  'platform/insecure-context': `Open this page as http://localhost:${location.port}/.`,
  'register/already-registered':
    'Its key is no longer in this browser. “Start over with new users”, below, makes others.',
  'users/not-found': 'The other pane says why.',
};

/** `message` says what to do, where something can be done; `code` is undefined for what has none. */
export function describeProblem(error) {
  const { code, family, message } = error;
  if (code === undefined || family === undefined) return { message: `This is a bug in the page: ${message}` };
  const hint = HINTS[code] ?? HINTS[family];
  return { message: hint ? `${message} ${hint}` : message, code };
}

/** Where the backend itself does not answer, there is no error of the client. */
export const BACKEND_AWAY = {
  message: 'The backend that served this page does not answer. Is sotto dev still running?',
};

/** Whether it says something of the message, rather than of what stands around it. */
export function isRefusal({ code }) {
  return code?.startsWith('envelope/') ?? false;
}
