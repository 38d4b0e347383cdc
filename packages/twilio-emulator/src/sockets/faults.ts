/** What a test lets go wrong with calls, through the socket and by HTTP: answered by an error, held back, or done with the reply lost. */

export interface CallFilter {
  /** Whose calls; all by default. Those of the REST API are nobody's. */
  readonly identity?: string;
  readonly method?: string;
  /** A part of the path, such as `/Messages`. */
  readonly path?: string;
}

export interface Call {
  readonly identity: string;
  readonly method: string;
  readonly path: string;
}

export interface Fault {
  /** Answer this, and do nothing. */
  readonly status?: number;
  /** Do it, answer nothing, and cut the socket. */
  readonly isReplyLost?: boolean;
  /** Do it, and answer when this resolves. */
  readonly gate?: Promise<void>;
}

export interface Faults {
  /** For the next `count` calls that match. */
  plan(fault: Fault, options: { readonly filter: CallFilter; readonly count: number }): () => void;
  /** What is to happen to this call. */
  take(call: Call): Fault;
}

export function createFaults(): Faults {
  const plans = new Set<{ readonly fault: Fault; readonly filter: CallFilter; count: number }>();
  return {
    plan(fault, { filter, count }) {
      const plan = { fault, filter, count };
      plans.add(plan);
      return () => void plans.delete(plan);
    },
    take(call) {
      for (const plan of plans) {
        if (!matches(plan.filter, call)) continue;
        plan.count -= 1;
        if (plan.count <= 0) plans.delete(plan);
        return plan.fault;
      }
      return {};
    },
  };
}

function matches({ identity, method, path }: CallFilter, call: Call): boolean {
  if (identity !== undefined && identity !== call.identity) return false;
  if (method !== undefined && method !== call.method) return false;
  return path === undefined || call.path.includes(path);
}
