import { databasePlace, type Foundation } from '../config/index.js';
import { openStore, type Store } from '../platform/store/index.js';

/** PostgreSQL starts faster than this after a crash, even on a small machine. */
const WAIT_MS = 30_000;

/** The database is closed after the last writer has ended. */
export async function composeStore({ config, dataDir, root, common }: Foundation): Promise<Store> {
  const { connections, timeout_ms: timeoutMs } = config.store;
  const store = await openStore({
    ...databasePlace(config, dataDir),
    ...common,
    connections,
    timeoutMs,
    waitMs: WAIT_MS,
    keepBackups: config.upkeep.store_keep,
  });
  root.onClose(() => store.close());
  root.fork('watch of the database', (signal) => store.reachability.watch(signal));
  return store;
}
