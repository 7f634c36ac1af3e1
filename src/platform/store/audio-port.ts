/** `heard`: audio from the device. `said`: audio that the device played. */
export const AUDIO_SIDES = ['heard', 'said'] as const;
export type AudioSide = (typeof AUDIO_SIDES)[number];

/** The turn to which the audio belongs. */
export interface AudioTurn {
  readonly id: string;
  readonly deviceId: string;
  /** Wall-clock time at which the turn ended (`Clock.wallMs`). */
  readonly atWallMs: number;
}

export interface AudioLimits {
  /** Audio of turns that ended before this wall-clock time is removed. */
  readonly beforeMs: number;
  /** Maximum size of all audio. The oldest audio beyond it is removed. */
  readonly maxBytes: number;
}

/**
 * The audio of the turns in the history. The caller encrypts the bytes ({@link sealAudio}). Audio is never kept longer
 * than its turn: {@link AudioStore.sweep} follows every deletion of turns. Errors: `data.*`, `store.*`.
 */
export interface AudioStore {
  /** Called once for each side of a turn. False: the turn is not in the history, so nothing was kept. */
  keep(turn: AudioTurn, side: AudioSide, sealed: Uint8Array): Promise<boolean>;
  /** Undefined: there is no audio. */
  read(turn: AudioTurn, side: AudioSide): Promise<Uint8Array | undefined>;
  /** The sides of each turn that have audio. Turns without audio are left out. */
  sidesOf(turns: readonly AudioTurn[]): Promise<ReadonlyMap<string, readonly AudioSide[]>>;
  /**
   * Removes audio that is too old, and then the oldest audio until the rest is within the size limit. Resolves with the
   * number of removed recordings.
   */
  prune(limits: AudioLimits, signal?: AbortSignal): Promise<number>;
  /**
   * Removes audio whose turn is not in the history: the turn was deleted, or the server was killed between two writes.
   * `deviceId`: limits the sweep to this device. Resolves with the number of removed recordings.
   */
  sweep(which?: { readonly deviceId?: string | undefined }, signal?: AbortSignal): Promise<number>;
}
