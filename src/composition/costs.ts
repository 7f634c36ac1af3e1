import type { Foundation } from '../config/index.js';
import { CostLedger } from '../conversation/costs/index.js';
import type { Store } from '../platform/store/index.js';

/** Creates the ledger of the use of paid services. The ledger is written to the database in the background. */
export async function composeCosts({ root, live, common }: Foundation, { spending }: Store): Promise<CostLedger> {
  const ledger = new CostLedger({ ...common, store: spending, settings: () => live.current.costs });
  await ledger.load();
  root.fork('costs', (signal) => ledger.run(signal));
  // This finaliser runs after all sessions have ended and before the database closes, so it writes the last entries.
  root.onClose(() => ledger.flush());
  return ledger;
}
