/** One timer, for the next message that expires. It keeps no process alive. */

export interface Alarm {
  /** Milliseconds since 1970, or never. */
  set(time: number | undefined): void;
}

/** Timers wait at most so long. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export function createAlarm(clock: () => number, ring: () => void): Alarm {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const set = (time: number | undefined): void => {
    clearTimeout(timer);
    if (time === undefined) return;
    const delay = Math.min(Math.max(0, time - clock()), MAX_DELAY_MS);
    timer = setTimeout(() => (clock() >= time ? ring() : set(time)), delay);
    (timer as { unref?: () => void }).unref?.();
  };
  return { set };
}
