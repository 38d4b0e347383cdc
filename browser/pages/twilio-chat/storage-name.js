// Where the app keeps keys and cards: the page, and its service worker.
export const STORAGE_NAME = 'chat';
