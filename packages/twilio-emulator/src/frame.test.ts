import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameError, parseFrame } from './frame.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

describe('a frame', () => {
  it('is written as the service writes it, with a line end behind the payload', () => {
    expect(text(encodeFrame({ method: 'reply', id: 'TM1' }, { a: 'ü' }))).toBe(
      'TWILSOCK V3.0 81\r\n{"method":"reply","id":"TM1","payload_size":10,"payload_type":"application/json"}\r\n{"a":"ü"}\r\n',
    );
    expect(text(encodeFrame({ method: 'ping', id: 'TM2' }))).toBe(
      'TWILSOCK V3.0 45\r\n{"method":"ping","id":"TM2","payload_size":0}\r\n',
    );
  });

  it('is read with and without that line end', () => {
    const sent = 'TWILSOCK V3.0 32\r\n{"method":"x","payload_size":"?"}\r\n';
    const frame = (end: string) => Buffer.from(`TWILSOCK V3.0 31\r\n{"method":"x","payload_size":3}\r\nabc${end}`);
    for (const end of ['', '\r\n']) expect(text(parseFrame(frame(end)).payload)).toBe('abc');
    expect(() => parseFrame(frame('more'))).toThrow(FrameError);
    expect(() => parseFrame(Buffer.from(sent))).toThrow(FrameError);
  });

  it('comes back from the reader as it was written', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.option(fc.jsonValue(), { nil: undefined }),
        (header, payload) => {
          const frame = parseFrame(encodeFrame(header, payload));
          expect(frame.header).toMatchObject(JSON.parse(JSON.stringify({ ...header, ...frame.header })) as object);
          expect(text(frame.payload)).toBe(payload === undefined ? '' : JSON.stringify(payload));
        },
      ),
    );
  });

  it('is refused by one error, whatever the bytes are', () => {
    const good = encodeFrame({ method: 'message', id: 'TM3' }, { a: 1 });
    const damaged = fc
      .tuple(fc.nat(good.length - 1), fc.nat(255))
      .map(([at, value]) => Uint8Array.from(good, (byte, index) => (index === at ? value : byte)));
    const cut = fc.nat(good.length).map((length) => good.subarray(0, length));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged, cut), (bytes) => {
        try {
          parseFrame(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
