/** The client SDK of Sotto, everywhere but on Node. It exports what `index.ts` does, whose types stand for both. */
export * from './common.ts';
export { EThree } from './browser.ts';
