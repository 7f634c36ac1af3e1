/** One thing that a tool keeps: a note, an item of a list, a place in a story. */
export interface ToolDatum {
  readonly key: string;
  readonly value: string;
  readonly changedMs: number;
}

/** Data of tools, by tool and owner (a device, or `home` for the whole household). Errors as in `DeviceStore`. */
export interface ToolDataStore {
  /** Oldest change first. */
  all(tool: string, owner: string): Promise<readonly ToolDatum[]>;
  /** Adds or replaces. False: there are `most` others already. */
  put(tool: string, owner: string, datum: ToolDatum, most: number): Promise<boolean>;
  /** Removes these keys. Resolves with the number of those that were there. */
  remove(tool: string, owner: string, keys: readonly string[]): Promise<number>;
}
