/** Sealed readings of devices: `@sotto/core/series`, apart from the rest so that an app without them loads nothing of it. */
export { SERIES_ERRORS } from './errors.ts';
export {
  createSeriesReader,
  type SeriesEvent,
  type SeriesPosition,
  type SeriesReader,
  type SeriesReaderOptions,
} from './reader.ts';
export { createSealer, type Sealer, type SealerOptions } from './sealer.ts';
