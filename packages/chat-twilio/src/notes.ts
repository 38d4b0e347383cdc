/**
 * Notes: small named texts in the attributes of a message or conversation, as `{ "sotto": { name: text } }` beside what the app keeps there.
 * Twilio replaces attributes as a whole and has no condition on writes, so two who write at once can lose a note: each watches what it wrote
 * for a while, and writes it again when somebody else's copy lacked it.
 */
import { utf8ToBytes } from '@sotto/core';
import { chatTwilioError } from './errors.ts';
import type { JsonObject, JsonValue } from './twilio-types.ts';

/** Where notes are kept: one message, or a conversation. */
export interface NotePlace {
  readonly maxBytes: number;
  /** As this client knows them now. */
  read(): JsonValue;
  write(attributes: JsonObject): Promise<unknown>;
  /** Calls back after each change of the attributes; gives back how to stop. */
  onChange(listener: () => void): () => void;
}

const NAME = 'sotto';
const ECHO_MS = 5_000;
const WATCH_MS = 10_000;
const MAX_REPAIRS = 10;
const REPAIR_SPREAD_MS = 50;

/** What surrounds the notes where nothing else is in the attributes. */
export const NOTES_FRAME_BYTES = JSON.stringify({ [NAME]: {} }).length - JSON.stringify({}).length;

export function readNotes(attributes: JsonValue): Readonly<Record<string, string>> {
  const notes = isObject(attributes) ? attributes[NAME] : undefined;
  if (!isObject(notes)) return {};
  return Object.fromEntries(
    Object.entries(notes).filter((note): note is [string, string] => typeof note[1] === 'string'),
  );
}

/** The attributes without our notes: what the app wrote. */
export function withoutNotes(attributes: JsonValue): JsonValue {
  if (!isObject(attributes) || !Object.hasOwn(attributes, NAME)) return attributes;
  const { [NAME]: _notes, ...rest } = attributes;
  return rest;
}

/** What the app wants to write, beside the notes that are there. @throws twilio/attributes-not-object where there are some */
export function withNotesOf(attributes: JsonValue, present: JsonValue): JsonValue {
  const notes = isObject(present) ? present[NAME] : undefined;
  const ofApp = withoutNotes(attributes);
  return notes === undefined ? ofApp : { ...objectOf(ofApp), [NAME]: notes };
}

/**
 * Sets one note, or removes it for `undefined`; gives back how to stop watching it.
 * @throws twilio/attributes-not-object, twilio/attributes-full, and what the place rejects with
 */
export async function writeNote(place: NotePlace, name: string, value: string | undefined): Promise<() => void> {
  const before = readNotes(place.read())[name];
  if (before === value) return () => undefined;
  // Before the write: others may have overwritten it by the time that its answer comes.
  const watch = watchNote(place, { name, value, before });
  try {
    await put(place, name, value);
  } catch (error) {
    watch.stop();
    throw error;
  }
  // The next write starts from what this client knows, and that has this one only when its event has come.
  await watch.echo;
  return watch.stop;
}

async function put(place: NotePlace, name: string, value: string | undefined): Promise<void> {
  const next = withNote(place.read(), name, value);
  const bytes = utf8ToBytes(JSON.stringify(next)).length;
  if (bytes > place.maxBytes) {
    throw chatTwilioError('twilio/attributes-full', { details: { bytes, maxBytes: place.maxBytes } });
  }
  await place.write(next);
}

function withNote(attributes: JsonValue, name: string, value: string | undefined): JsonObject {
  const { [NAME]: former = null, ...rest } = objectOf(attributes);
  const { [name]: _former, ...others } = isObject(former) ? former : {};
  const notes = value === undefined ? others : { ...others, [name]: value };
  return Object.keys(notes).length === 0 ? rest : { ...rest, [NAME]: notes };
}

interface WrittenNote {
  readonly name: string;
  readonly value: string | undefined;
  readonly before: string | undefined;
}

interface NoteWatch {
  /** Resolves when this client has heard of the write, or has waited long enough. */
  readonly echo: Promise<void>;
  readonly stop: () => void;
}

/** Writes a note again when somebody who did not know of it has overwritten it. */
function watchNote(place: NotePlace, { name, value, before }: WrittenNote): NoteWatch {
  const others = (): string => JSON.stringify(withNote(place.read(), name, undefined));
  let othersBefore = others();
  // What comes before the echo of a write was written before it.
  let isEchoed = false;
  let repairs = 0;
  const timers: (() => void)[] = [];
  const echo = createLatch();

  const stopListening = place.onChange(() => {
    const now = readNotes(place.read())[name];
    const othersNow = others();
    // Who takes it away on purpose, such as another device of this user, changes nothing else.
    const isLost = now === before && othersNow !== othersBefore;
    othersBefore = othersNow;
    if (now === value) {
      isEchoed = true;
      echo.open();
    } else if (isEchoed && isLost) repair();
    else if (isEchoed) stop();
  });
  function repair(): void {
    if (repairs++ >= MAX_REPAIRS) return stop();
    isEchoed = false;
    // All who lost a note hear of it at once; a while of their own each keeps them from doing it to each other again.
    timers.push(after(Math.random() * repairs * REPAIR_SPREAD_MS, () => void put(place, name, value).catch(stop)));
  }
  function stop(): void {
    stopListening();
    for (const clear of timers) clear();
    echo.open();
  }
  timers.push(after(ECHO_MS, echo.open), after(WATCH_MS, stop));
  return { echo: echo.opened, stop };
}

function createLatch(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** Gives back how to prevent it. */
function after(milliseconds: number, task: () => void): () => void {
  const timer = setTimeout(task, milliseconds);
  // On Node, waiting for others to write keeps no program alive.
  if (typeof timer === 'object') timer.unref();
  return () => clearTimeout(timer);
}

function objectOf(attributes: JsonValue | undefined): JsonObject {
  if (attributes === null || attributes === undefined) return {};
  if (!isObject(attributes)) throw chatTwilioError('twilio/attributes-not-object');
  return attributes;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
