/** A copy of the database that can be restored. */
export interface StoreBackup {
  /** Time of the copy (UTC), `20261125_101500`; a second one of the same second ends in `_2`. */
  readonly id: string;
  readonly file: string;
  readonly bytes: number;
}

/** What has to be done to the database now and then. The signal ends it within moments, with any error. Errors as of `DeviceStore`, and `data.not_writable` for backups. */
export interface StoreUpkeep {
  /** Looks through the whole database, off the event loop; one sentence a problem, none: all is well. */
  check(signal?: AbortSignal): Promise<readonly string[]>;
  /** Writes a copy to `backups/` of the data folder while everything goes on, and removes all but the newest `keep`. One that is ended leaves nothing. */
  backup(keep: number, signal?: AbortSignal): Promise<StoreBackup>;
  /** Removes the turns that were over before. Resolves with their number. */
  pruneHistory(beforeMs: number, signal?: AbortSignal): Promise<number>;
  /** Gives back the space of what was removed. Sizes in bytes; undefined: not known. */
  vacuum(
    signal?: AbortSignal,
  ): Promise<{ readonly beforeBytes: number | undefined; readonly afterBytes: number | undefined }>;
}
