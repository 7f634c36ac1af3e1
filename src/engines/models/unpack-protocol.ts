/** A job for the unpacking process. */
export interface UnpackCall {
  /** `.tar.bz2`, `.tar.gz` or `.tar`, told by its first bytes. */
  readonly archive: string;
  /** What to take, by its path in the archive without the outermost folder. Nothing else is written. */
  readonly names: readonly string[];
  readonly destination: string;
}

export interface UnpackAnswer {
  readonly unpacked: readonly string[];
}

/** Sent now and then: how much of the archive was read. */
export interface UnpackProgress {
  readonly readBytes: number;
}
