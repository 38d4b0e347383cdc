/** The life of a token on a socket: a warning some time before its end, and the end. */

/** `setTimeout` takes no more. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export interface ExpiryWatch {
  stop(): void;
}

export function watchExpiry(options: {
  /** Seconds since 1970. */
  readonly expiresAt: number;
  readonly warningSeconds: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly onWarning: () => void;
  readonly onExpired: () => void;
}): ExpiryWatch {
  const { expiresAt, warningSeconds, clock, onWarning, onExpired } = options;
  const warning = whenClockReaches((expiresAt - warningSeconds) * 1000, { clock, act: onWarning });
  const end = whenClockReaches(expiresAt * 1000, { clock, act: onExpired });
  return {
    stop() {
      warning.stop();
      end.stop();
    },
  };
}

/** Asks the clock again when the time should be over: a timer may be early, and the clock may be a test's. */
function whenClockReaches(
  time: number,
  { clock, act }: { readonly clock: () => number; readonly act: () => void },
): ExpiryWatch {
  let timer: NodeJS.Timeout;
  const wait = () => {
    timer = setTimeout(
      () => {
        if (clock() >= time) act();
        else wait();
      },
      Math.min(Math.max(time - clock(), 0), MAX_DELAY_MS),
    );
    timer.unref();
  };
  wait();
  return { stop: () => clearTimeout(timer) };
}
