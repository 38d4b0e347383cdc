/**
 * All that the emulator received, so that a test can look for what should never have reached it: frames of sockets, and of
 * HTTP requests the line, the headers and the body.
 */

export interface SeenRecord {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whose token came with it; null where none did. */
  readonly from: string | null;
  readonly channel: 'frame' | 'http';
  readonly bytes: Uint8Array;
}

export interface SeenLog {
  readonly records: readonly SeenRecord[];
  note(record: SeenRecord): void;
}

/** Keeps the newest `maxBytes`. */
export function createSeenLog(maxBytes: number): SeenLog {
  const records: SeenRecord[] = [];
  let size = 0;
  return {
    records,
    note(record) {
      if (record.bytes.length > maxBytes) return;
      records.push(record);
      size += record.bytes.length;
      while (size > maxBytes) size -= records.shift()!.bytes.length;
    },
  };
}
