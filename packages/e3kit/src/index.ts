/** The client SDK of Sotto, on Node. Its types are those of `index-browser.ts` too. */
export * from './common.ts';
export { EThree } from './node.ts';
