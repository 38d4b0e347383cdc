/** Many requests, few of them at a time: the service lets one user make 50 at once. */
const AT_A_TIME = 20;

/** The results in the order of `items`. Ends with the first that fails. */
export async function mapInTurns<Item, Result>(
  items: readonly Item[],
  task: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += AT_A_TIME) {
    results.push(...(await Promise.all(items.slice(start, start + AT_A_TIME).map(task))));
  }
  return results;
}
