import { describe, expect, it } from 'vitest';
import { createEmitter } from './emitter.ts';

interface Events {
  said: (word: string) => void;
  left: () => void;
}

describe('an emitter', () => {
  it('calls listeners in the order in which they came', () => {
    const heard: string[] = [];
    const emitter = createEmitter<Events>();
    emitter.on('said', (word) => heard.push(`first ${word}`));
    emitter.on('said', (word) => heard.push(`second ${word}`));
    emitter.emit('said', 'hi');
    expect(heard).toEqual(['first hi', 'second hi']);
  });

  it('calls a listener once if it asked for that, even if it says the word itself', () => {
    const heard: string[] = [];
    const emitter = createEmitter<Events>();
    emitter.once('said', (word) => {
      heard.push(word);
      emitter.emit('said', 'again');
    });
    emitter.emit('said', 'hi');
    expect(heard).toEqual(['hi']);
  });

  it('forgets a listener once for each time that it is taken off', () => {
    const heard: string[] = [];
    const emitter = createEmitter<Events>();
    const listener = (word: string): unknown => heard.push(word);
    emitter.on('said', listener);
    emitter.on('said', listener);
    emitter.off('said', listener);
    emitter.emit('said', 'hi');
    expect(heard).toEqual(['hi']);
  });

  it('forgets all listeners of one event, or of all', () => {
    const emitter = createEmitter<Events>();
    emitter.on('said', () => undefined);
    emitter.on('left', () => undefined);
    emitter.removeAllListeners('said');
    expect(emitter.hasListeners('said')).toBe(false);
    expect(emitter.hasListeners('said', 'left')).toBe(true);
    emitter.removeAllListeners();
    expect(emitter.hasListeners('left')).toBe(false);
  });

  it('calls the others when one throws, and leaves the error to the app', async () => {
    const heard: string[] = [];
    const emitter = createEmitter<Events>();
    emitter.on('said', () => {
      throw new Error('a mistake of the app');
    });
    emitter.on('said', (word) => heard.push(word));
    const uncaught = nextUncaught();
    emitter.emit('said', 'hi');
    expect(heard).toEqual(['hi']);
    expect(await uncaught).toMatchObject({ message: 'a mistake of the app' });
  });
});

/** Takes the next uncaught error in place of the test runner. */
function nextUncaught(): Promise<unknown> {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  return new Promise((resolve) => {
    process.once('uncaughtException', (error) => {
      for (const listener of others) process.on('uncaughtException', listener);
      resolve(error);
    });
  });
}
