/** What was worked out before, by its name: at most `capacity` values, of which the oldest goes first. */
export interface BoundedCache<Value> {
  get(name: string): Value | undefined;
  set(name: string, value: Value): void;
}

export function createBoundedCache<Value>({ capacity }: { readonly capacity: number }): BoundedCache<Value> {
  const values = new Map<string, Value>();
  return {
    get: (name) => values.get(name),
    set(name, value) {
      const [oldest] = values.keys();
      if (oldest !== undefined && values.size >= capacity && !values.has(name)) values.delete(oldest);
      values.set(name, value);
    },
  };
}
