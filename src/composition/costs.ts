import type { Foundation } from '../config/index.js';
import { CostLedger } from '../conversation/costs/index.js';
import type { Store } from '../platform/store/index.js';

export async function composeCosts({ root, live, common }: Foundation, { spending }: Store): Promise<CostLedger> {
  const ledger = new CostLedger({ ...common, store: spending, settings: () => live.current.costs });
  await ledger.load();
  root.fork('costs', (signal) => ledger.run(signal));
  // This runs after all sessions have ended and before the database closes.
  root.onClose(() => ledger.flush());
  return ledger;
}
