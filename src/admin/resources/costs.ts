import { z } from 'zod';
import { SPENDING_UNITS } from '../../platform/store/index.js';
import type { AdminApi, Routes } from '../api.js';

export const costEntry = z.object({
  day: z.string().meta({ examples: ['2026-11-28'] }),
  deviceId: z.string().meta({ description: 'Empty: no device in particular.' }),
  agentId: z.string().meta({ description: 'Empty: the configured assistant.' }),
  provider: z.string(),
  unit: z.enum(SPENDING_UNITS),
  amount: z.number(),
  cost: z.number().optional().meta({ description: 'By `costs.prices`; absent: no price is set.' }),
});
export type CostEntry = z.output<typeof costEntry>;

export const costsQuery = z.strictObject({
  days: z.coerce.number().int().min(1).max(400).default(7).meta({ description: 'Today and the days before it.' }),
});
export const costsAnswer = z.object({ costs: z.array(costEntry).meta({ description: 'Oldest first.' }) });

export const costRoutes = {
  readCosts: {
    method: 'GET',
    path: '/costs',
    summary: 'Use of paid services by day, device, service and unit.',
    query: costsQuery,
    answer: costsAnswer,
  },
} as const satisfies Routes;

/** Errors: `store.*`. */
export interface CostControl {
  recent(days: number): Promise<readonly CostEntry[]>;
}

export function registerCostRoutes(api: AdminApi, costs: CostControl): void {
  api.on(costRoutes.readCosts, async ({ query: { days } }) => ({ costs: [...(await costs.recent(days))] }));
}
