/** Events with the methods that Twilio's have. A listener that throws keeps no other from being called. */
import type { AnyListener } from './twilio-types.ts';

export interface Emitter<Events> {
  on<Name extends keyof Events & string>(event: Name, listener: Events[Name]): void;
  once<Name extends keyof Events & string>(event: Name, listener: Events[Name]): void;
  off<Name extends keyof Events & string>(event: Name, listener: Events[Name]): void;
  /** Of one event, or of all. */
  removeAllListeners(event?: keyof Events & string): void;
  hasListeners(...events: readonly (keyof Events & string)[]): boolean;
  emit<Name extends keyof Events & string>(
    event: Name,
    ...values: Events[Name] extends (...values: infer V) => void ? V : never
  ): void;
}

interface Registration {
  readonly listener: AnyListener;
  readonly isOnce: boolean;
}

export function createEmitter<Events>(): Emitter<Events> {
  const registrations = new Map<string, readonly Registration[]>();
  const of = (event: string): readonly Registration[] => registrations.get(event) ?? [];
  const add = (event: string, listener: unknown, isOnce: boolean): void => {
    registrations.set(event, [...of(event), { listener: listener as AnyListener, isOnce }]);
  };
  /** The last registration of it, as Node's emitters do. */
  const remove = (event: string, listener: unknown): void => {
    const index = of(event).findLastIndex((registration) => registration.listener === listener);
    registrations.set(
      event,
      of(event).filter((_registration, position) => position !== index),
    );
  };
  return {
    on: (event, listener) => add(event, listener, false),
    once: (event, listener) => add(event, listener, true),
    off: remove,
    removeAllListeners(event) {
      if (event === undefined) registrations.clear();
      else registrations.delete(event);
    },
    hasListeners: (...events) => events.some((event) => of(event).length > 0),
    emit(event, ...values) {
      for (const { listener, isOnce } of of(event)) {
        if (isOnce) remove(event, listener);
        callSafely(listener, values);
      }
    },
  };
}

function callSafely(listener: AnyListener, values: readonly unknown[]): void {
  try {
    listener(...values);
  } catch (error) {
    // The app sees it where it sees its other uncaught errors.
    queueMicrotask(() => {
      throw error;
    });
  }
}
