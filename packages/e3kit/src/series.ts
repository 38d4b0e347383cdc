/** Sealed series as `EThree` offers them: one piece that is loaded with the first call. */
export { createSealer } from './series/create-sealer.ts';
export { createSeriesReader } from './series/create-series-reader.ts';
