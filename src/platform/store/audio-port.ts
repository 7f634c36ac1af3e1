/** `heard`: what the device sent; `said`: what was played on the device. */
export const AUDIO_SIDES = ['heard', 'said'] as const;
export type AudioSide = (typeof AUDIO_SIDES)[number];

/** The turn to which audio belongs. */
export interface AudioTurn {
  readonly id: string;
  readonly deviceId: string;
  /** Time at which the turn was over (`Clock.wallMs`). */
  readonly atWallMs: number;
}

export interface AudioLimits {
  /** Audio of turns that were over before this wall-clock time is removed. */
  readonly beforeMs: number;
  /** The oldest audio beyond this many bytes is removed. */
  readonly maxBytes: number;
}

/**
 * The audio of the turns in the history. The bytes are sealed by the caller ({@link sealAudio}). Audio is kept no
 * longer than its turn: {@link AudioStore.sweep} follows every deletion of turns. Errors: `data.*`, `store.*`.
 */
export interface AudioStore {
  /** False: the turn is not in the history, so nothing was kept. Called once for each side of a turn. */
  keep(turn: AudioTurn, side: AudioSide, sealed: Uint8Array): Promise<boolean>;
  /** Undefined: there is none. */
  read(turn: AudioTurn, side: AudioSide): Promise<Uint8Array | undefined>;
  /** Sides of each turn that have audio; turns without audio are left out. */
  sidesOf(turns: readonly AudioTurn[]): Promise<ReadonlyMap<string, readonly AudioSide[]>>;
  /** Removes audio by age, then the oldest beyond the limit. Resolves with the number of recordings removed. */
  prune(limits: AudioLimits, signal?: AbortSignal): Promise<number>;
  /**
   * Removes audio whose turn is not in the history: it was deleted, or the server was killed between two writes.
   * `deviceId`: looks only at the audio of this device. Resolves with the number of recordings removed.
   */
  sweep(which?: { readonly deviceId?: string | undefined }, signal?: AbortSignal): Promise<number>;
}
