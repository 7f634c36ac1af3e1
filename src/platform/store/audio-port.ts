/** `heard` is audio from the device. `said` is audio that the device played. */
export const AUDIO_SIDES = ['heard', 'said'] as const;
export type AudioSide = (typeof AUDIO_SIDES)[number];

export interface AudioTurn {
  readonly id: string;
  readonly deviceId: string;
  /** Time at which the turn ended (`Clock.wallMs`). */
  readonly atWallMs: number;
}

export interface AudioLimits {
  /** Audio of turns that ended before this time is removed. */
  readonly beforeMs: number;
  /** Maximum size of all audio. The oldest audio is removed first. */
  readonly maxBytes: number;
}

/**
 * The caller encrypts the audio ({@link sealAudio}), and calls {@link AudioStore.sweep} after deleting turns. Errors:
 * `data.*`, `store.*`.
 */
export interface AudioStore {
  /** Called once for each side of a turn. Returns false and keeps nothing if the turn is not in the history. */
  keep(turn: AudioTurn, side: AudioSide, sealed: Uint8Array): Promise<boolean>;
  read(turn: AudioTurn, side: AudioSide): Promise<Uint8Array | undefined>;
  /** Turns without audio are left out. */
  sidesOf(turns: readonly AudioTurn[]): Promise<ReadonlyMap<string, readonly AudioSide[]>>;
  /** Removes audio that is too old, and the oldest audio beyond the size limit. */
  prune(limits: AudioLimits, signal?: AbortSignal): Promise<number>;
  /** Removes audio of turns that are not in the history, of one device or of all. */
  sweep(which?: { readonly deviceId?: string | undefined }, signal?: AbortSignal): Promise<number>;
}
