/** Queries about the nodes that serve this database. A node that was killed leaves its row behind, and is not seen again. */

import type { NodesTable } from './schema.ts';
import type { Queryable } from './store.ts';

/** Who was not seen for this long is not running, by clocks that differ a little. */
export const NODE_GONE_MILLISECONDS = 60_000;

/** Adds a node, or says that it is still there and what it holds by now. */
export async function saveNode(db: Queryable, row: NodesTable): Promise<void> {
  const { node_id: _, ...changes } = row;
  await db
    .insertInto('nodes')
    .values(row)
    .onConflict((conflict) => conflict.column('node_id').doUpdateSet(changes))
    .execute();
}

export async function deleteNode(db: Queryable, nodeId: string): Promise<void> {
  await db.deleteFrom('nodes').where('node_id', '=', nodeId).execute();
}

export async function deleteNodesNotSeenSince(db: Queryable, time: number): Promise<void> {
  await db.deleteFrom('nodes').where('seen_at', '<', time).execute();
}

/** The oldest first. */
export async function nodesSeenSince(db: Queryable, time: number): Promise<NodesTable[]> {
  return db
    .selectFrom('nodes')
    .selectAll()
    .where('seen_at', '>=', time)
    .orderBy('started_at')
    .orderBy('node_id')
    .execute();
}
