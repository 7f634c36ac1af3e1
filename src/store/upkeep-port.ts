/** A copy of the database that can be restored. */
export interface StoreBackup {
  /** Time of the copy (UTC), `20261125_101500`; a second one of the same second ends in `_2`. */
  readonly id: string;
  readonly file: string;
  readonly bytes: number;
}

/** What has to be done to the database now and then. Errors as of `DeviceStore`, and `data.not_writable` for backups. */
export interface StoreUpkeep {
  /** Looks through the whole database, off the event loop; one sentence a problem, none: all is well. */
  check(): Promise<readonly string[]>;
  /** Writes a copy to `backups/` of the data folder while everything goes on, and removes all but the newest `keep`. */
  backup(keep: number): Promise<StoreBackup>;
  /** Removes the turns that were over before. Resolves with their number. */
  pruneHistory(beforeMs: number): Promise<number>;
  /** Gives back the space of what was removed. Sizes in bytes; undefined: not known. */
  vacuum(): Promise<{ readonly beforeBytes: number | undefined; readonly afterBytes: number | undefined }>;
}
