/** Writes notes one after the other, since each write starts from what the former one left. Messages and the room share it. */
import { refuse } from './call-failure.ts';
import { type NotePlace, writeNote } from './notes.ts';

export interface NoteWriter {
  /** `where` says beside which message; undefined for the room itself. @throws chat/unknown-message, chat/send-refused */
  write(where: string | undefined, name: string, value: string | undefined): Promise<void>;
}

export function createNoteWriter(placeOf: (where: string | undefined) => Promise<NotePlace>): NoteWriter {
  const stopsByNote = new Map<string, () => void>();
  let last: Promise<unknown> = Promise.resolve();

  const write: NoteWriter['write'] = async (where, name, value) => {
    const place = await placeOf(where);
    const note = JSON.stringify([where, name]);
    // What it was before is not to be written again.
    stopsByNote.get(note)?.();
    stopsByNote.set(note, await refuse(() => writeNote(place, name, value)));
  };
  return {
    write(...note) {
      const writing = last.then(() => write(...note));
      last = writing.catch(() => undefined);
      return writing;
    },
  };
}
