// How busy mysql2's pool is. It tells nobody, so that its own lists are read.

import type mysql2 from 'mysql2';
import type { ConnectionUsage } from '../core/telemetry.ts';

/** What `mysql2/lib/base/pool.js` keeps. */
interface PoolLists {
  readonly _allConnections?: { readonly length: number };
  readonly _freeConnections?: { readonly length: number };
  readonly _connectionQueue?: { readonly length: number };
}

/** Nothing in use where another version of the driver keeps it otherwise. */
export function usageOf(pool: mysql2.Pool): ConnectionUsage {
  const lists = pool as unknown as PoolLists;
  const all = lists._allConnections?.length ?? 0;
  const idle = lists._freeConnections?.length ?? 0;
  return { inUse: Math.max(0, all - idle), idle, waiting: lists._connectionQueue?.length ?? 0 };
}
