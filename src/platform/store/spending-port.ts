export const SPENDING_UNITS = ['characters', 'audio_ms', 'input_tokens', 'output_tokens'] as const;
export type SpendingUnit = (typeof SPENDING_UNITS)[number];

export interface Spending {
  /** E.g. `2026-11-28`. */
  readonly day: string;
  /** Empty if the use belongs to no particular device. */
  readonly deviceId: string;
  /** Empty for the configured assistant. */
  readonly agentId: string;
  readonly provider: string;
  readonly unit: SpendingUnit;
  readonly amount: number;
}

/** Errors: those of `DeviceStore`. */
export interface SpendingStore {
  /** Oldest first. */
  since(day: string): Promise<readonly Spending[]>;
  /** Adds to the stored amounts. Drops days before `keepFrom`. */
  add(spendings: readonly Spending[], keepFrom: string): Promise<void>;
}
