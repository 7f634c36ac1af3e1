/** A voice as the vector that a model computes from it. */
export interface VoiceprintRecord {
  /** Id of the person. */
  readonly id: string;
  /** Only vectors of the same model can be compared. */
  readonly model: string;
  /** A vector of length 1: 32-bit floats, little-endian, in base64. */
  readonly vector: string;
}

/** Maximum number of voiceprints. */
export const MAX_VOICEPRINTS = 1000;

/** Errors as in `DeviceStore`. */
export interface VoiceprintStore {
  /** The voiceprints with these ids. */
  voiceprints(ids: readonly string[]): Promise<readonly VoiceprintRecord[]>;
  /** Number of voiceprints whose id begins with `prefix`. */
  count(prefix: string): Promise<number>;
  /** Adds a voiceprint, or replaces the one of that id. False: there are {@link MAX_VOICEPRINTS} already. */
  keep(record: VoiceprintRecord): Promise<boolean>;
  /** False: there is no voiceprint of that id. */
  remove(id: string): Promise<boolean>;
}
