/** Path patterns as the service routes them: `/card/v5/:id`. */

type Parameters<Pattern extends string> = Pattern extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Parameters<Rest>
  : Pattern extends `${string}:${infer Name}`
    ? Name
    : never;

/** The path of one request: `pathTo('/card/v5/:id', { id })`. Values are percent-encoded. */
export function pathTo<const Pattern extends string>(
  pattern: Pattern,
  values: Readonly<Record<Parameters<Pattern>, string>>,
): string {
  const byName: Readonly<Record<string, string>> = values;
  return pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(byName[name] ?? ''));
}
