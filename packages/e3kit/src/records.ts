/** Sets an own property whatever its name: an identity may be `__proto__`. */
export function setOwn<T>(record: Record<string, T>, name: string, value: NoInfer<T>): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}
