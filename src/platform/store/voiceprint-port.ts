export interface VoiceprintRecord {
  readonly id: string;
  /** Only vectors of the same model can be compared. */
  readonly model: string;
  /** A vector of length 1 as 32-bit floats, little-endian, in base64. */
  readonly vector: string;
}

export const MAX_VOICEPRINTS = 1000;

/** Errors: those of `DeviceStore`. */
export interface VoiceprintStore {
  voiceprints(ids: readonly string[]): Promise<readonly VoiceprintRecord[]>;
  count(prefix: string): Promise<number>;
  /** Adds or replaces a voiceprint. Returns false if there are already {@link MAX_VOICEPRINTS}. */
  keep(record: VoiceprintRecord): Promise<boolean>;
  remove(id: string): Promise<boolean>;
}
