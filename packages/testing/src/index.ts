/** What tests and demos of several packages share. Acceptance suites are subpaths of their own: they register tests when they are called. */
export * from './evil-proxy.ts';
export * from './world.ts';
export { rotateServiceKey } from './rotate-service-key.ts';
