/** Units of the use of paid services. */
export const SPENDING_UNITS = ['characters', 'audio_ms', 'input_tokens', 'output_tokens'] as const;
export type SpendingUnit = (typeof SPENDING_UNITS)[number];

/** A device's use of a paid service on one day of the server's time zone. */
export interface Spending {
  /** `2026-11-28`. */
  readonly day: string;
  /** Empty: no particular device. */
  readonly deviceId: string;
  /** Empty: the configured assistant. */
  readonly agentId: string;
  readonly provider: string;
  readonly unit: SpendingUnit;
  readonly amount: number;
}

/** Use of paid services. Errors: those of `DeviceStore`. */
export interface SpendingStore {
  /** The use since that day, oldest first. */
  since(day: string): Promise<readonly Spending[]>;
  /** Adds to the stored amounts. Drops days before `keepFrom`. */
  add(spendings: readonly Spending[], keepFrom: string): Promise<void>;
}
