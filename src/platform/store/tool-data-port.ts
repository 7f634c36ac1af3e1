/** An entry that a tool stores, such as a note or an item of a list. */
export interface ToolDatum {
  readonly key: string;
  readonly value: string;
  readonly changedMs: number;
}

/** The owner of an entry is a device, or `home` for the whole household. Errors: those of `DeviceStore`. */
export interface ToolDataStore {
  /** Oldest change first. */
  all(tool: string, owner: string): Promise<readonly ToolDatum[]>;
  /** Adds or replaces an entry. Returns false if there are already `most` other entries. */
  put(tool: string, owner: string, datum: ToolDatum, most: number): Promise<boolean>;
  remove(tool: string, owner: string, keys: readonly string[]): Promise<number>;
}
