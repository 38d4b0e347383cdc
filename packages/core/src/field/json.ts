/** JSON values as this package knows them, and building objects whose names come from others. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** What may be nested, including the document itself. Deeper ones overflow the stack of some reader. */
export const MAX_DEPTH = 64;

/** An object literal, or one without a prototype: what `JSON.parse` gives. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** An object of these members as own properties, whatever their names: one may be `__proto__`. */
export function objectOf<T>(members: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.fromEntries(members);
}
