/** Sotto: a sealer and a reader of core, a reading at a time. */

const FRAMES = 1000;

/**
 * @param {object} of
 * @param {typeof import('@sotto/core')} of.core
 * @param {typeof import('@sotto/core/series')} of.series
 * @param {import('@sotto/core').CryptoProvider} of.provider
 */
export function createOurSeries({ core, series, provider }) {
  return async ({ reading, signatures, batch }) => {
    const device = await core.generateKeyPair(provider);
    const operator = await core.generateKeyPair(provider);
    const name = { series: 'greenhouse/7' };
    const sealer = await series.createSealer(provider, {
      ...name,
      session: 1,
      signer: device.privateKey,
      readers: [operator.publicKey],
      signatures,
      clock: Date.now,
    });
    /** The frames of one reading: with the last of a batch its checkpoint. */
    const seal = async () => {
      const frame = await sealer.seal(reading);
      return sealer.unsigned === batch ? [frame, await sealer.checkpoint()] : [frame];
    };
    const sealed = [];
    while (sealed.length < FRAMES) sealed.push(await seal());

    // A frame is read once: after all of them comes another reader, which begins with the start as each does.
    let reader;
    let next = FRAMES;
    const read = async () => {
      if (next === FRAMES) {
        const access = { keys: [operator.privateKey], signers: [device.publicKey] };
        reader = series.createSeriesReader(provider, { ...name, ...access });
        await reader.read(sealer.start);
        next = 0;
      }
      const [frame, checkpoint] = sealed[next++];
      const events = await reader.read(frame);
      if (checkpoint) await reader.read(checkpoint);
      return events[0].data;
    };
    const bytes = sealed.flat().reduce((total, { length }) => total + length, 0);
    return { seal, read, bytesBeside: Math.round(bytes / FRAMES - reading.length) };
  };
}
