/** Units of the use of paid services. */
export const SPENDING_UNITS = ['characters', 'audio_ms', 'input_tokens', 'output_tokens'] as const;
export type SpendingUnit = (typeof SPENDING_UNITS)[number];

/** A device's use of a paid service on a day of the server's time zone. */
export interface Spending {
  /** `2026-11-28`. */
  readonly day: string;
  /** Empty: no device in particular. */
  readonly deviceId: string;
  /** Empty: the configured assistant. */
  readonly agentId: string;
  readonly provider: string;
  readonly unit: SpendingUnit;
  readonly amount: number;
}

/** Errors as in `DeviceStore`. */
export interface SpendingStore {
  /** The use from that day on, oldest first. */
  since(day: string): Promise<readonly Spending[]>;
  /** Adds to the kept amounts. Drops days before `keepFrom`. */
  add(spendings: readonly Spending[], keepFrom: string): Promise<void>;
}
