/** A voice as a model of voices sees it. */
export interface VoiceprintRecord {
  /** Id of the person. */
  readonly id: string;
  /** Only vectors of the same model can be compared. */
  readonly model: string;
  /** A vector of length 1: 32-bit floats, little-endian, in base64. */
  readonly vector: string;
}

/** Voiceprints that are kept. */
export const MAX_VOICEPRINTS = 1000;

/** Errors as of `DeviceStore`. */
export interface VoiceprintStore {
  /** Those of these ids. */
  voiceprints(ids: readonly string[]): Promise<readonly VoiceprintRecord[]>;
  /** Those whose id begins so. */
  count(prefix: string): Promise<number>;
  /** Replaces the one of that id. False: there are {@link MAX_VOICEPRINTS} already. */
  keep(record: VoiceprintRecord): Promise<boolean>;
  /** False: there is none of that id. */
  remove(id: string): Promise<boolean>;
}
