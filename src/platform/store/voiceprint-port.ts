/** A voiceprint: the vector that a model computes from a voice. */
export interface VoiceprintRecord {
  /** Id of the person. */
  readonly id: string;
  /** The model of the vector. Only vectors of the same model can be compared. */
  readonly model: string;
  /** A vector of length 1: 32-bit floats, little-endian, in base64. */
  readonly vector: string;
}

/** Maximum number of voiceprints. */
export const MAX_VOICEPRINTS = 1000;

/** Voiceprints. Errors: those of `DeviceStore`. */
export interface VoiceprintStore {
  /** The voiceprints with these ids. */
  voiceprints(ids: readonly string[]): Promise<readonly VoiceprintRecord[]>;
  /** Number of voiceprints whose id starts with `prefix`. */
  count(prefix: string): Promise<number>;
  /** Adds a voiceprint, or replaces the one with the same id. False: there are already {@link MAX_VOICEPRINTS}. */
  keep(record: VoiceprintRecord): Promise<boolean>;
  /** False: there is no voiceprint with this id. */
  remove(id: string): Promise<boolean>;
}
