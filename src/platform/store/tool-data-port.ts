/** An entry that a tool stores: a note, an item of a list, a place in a story. */
export interface ToolDatum {
  readonly key: string;
  readonly value: string;
  readonly changedMs: number;
}

/** Data of tools, by tool and owner (a device, or `home` for the whole household). Errors: those of `DeviceStore`. */
export interface ToolDataStore {
  /** Ordered by time of change, oldest first. */
  all(tool: string, owner: string): Promise<readonly ToolDatum[]>;
  /** Adds or replaces an entry. False: there are already `most` other entries. */
  put(tool: string, owner: string, datum: ToolDatum, most: number): Promise<boolean>;
  /** Removes these keys. Resolves with the number of removed entries. */
  remove(tool: string, owner: string, keys: readonly string[]): Promise<number>;
}
