import type { Database } from './database.js';
import { fromRow } from './row-mapping.js';
import type { Spending, SpendingStore } from './spending-port.js';

const KEY = ['day', 'device_id', 'agent_id', 'provider', 'unit'] as const;

export class KyselySpendingStore implements SpendingStore {
  constructor(private readonly database: Database) {}

  since(day: string): Promise<readonly Spending[]> {
    return this.database.read('read what was spent', async (db) => {
      const rows = await db.selectFrom('spending').selectAll().where('day', '>=', day).orderBy('day').execute();
      return rows.map((row) => fromRow<Spending>(row, {}));
    });
  }

  add(spendings: readonly Spending[], keepFrom: string): Promise<void> {
    if (spendings.length === 0) return Promise.resolve();
    return this.database.write('count what was spent', async (tx) => {
      for (const { day, deviceId, agentId, provider, unit, amount } of spendings)
        await tx
          .insertInto('spending')
          .values({ day, device_id: deviceId, agent_id: agentId, provider, unit, amount: Math.round(amount) })
          .onConflict((c) =>
            c.columns([...KEY]).doUpdateSet((e) => ({ amount: e('spending.amount', '+', Math.round(amount)) })),
          )
          .execute();
      await tx.deleteFrom('spending').where('day', '<', keepFrom).execute();
    });
  }
}
