/** The bytes of media by SID: in memory, or each in a file of a folder beside the journal. */
import { open, readFile } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Blobs {
  /** On disk, where there is one, when it resolves. */
  put(sid: string, bytes: Uint8Array): Promise<void>;
  get(sid: string): Promise<Uint8Array | undefined>;
  /** The first bytes. */
  head(sid: string, length: number): Promise<Uint8Array | undefined>;
}

export function createMemoryBlobs(): Blobs {
  const blobs = new Map<string, Uint8Array>();
  return {
    put: async (sid, bytes) => void blobs.set(sid, bytes),
    get: async (sid) => blobs.get(sid),
    head: async (sid, length) => blobs.get(sid)?.subarray(0, length),
  };
}

/** A SID is made here, and so fit for a file name. */
export function createFolderBlobs(folder: string): Blobs {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    async put(sid, bytes) {
      const file = await open(join(folder, sid), 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    get: (sid) => unlessAbsent(readFile(join(folder, sid))),
    head: (sid, length) => unlessAbsent(readHead(join(folder, sid), length)),
  };
}

async function readHead(path: string, length: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function unlessAbsent<T>(bytes: Promise<T>): Promise<T | undefined> {
  try {
    return await bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
