/** A memory beyond a conversation: a fact, or the summary of all conversations. */
export interface MemoryRecord {
  readonly id: string;
  readonly deviceId: string;
  /** Empty: the configured assistant. */
  readonly agentId: string;
  readonly kind: 'fact' | 'summary';
  /** Whom or what the memory is about. */
  readonly subject: 'person' | 'device' | 'agent';
  /** The person's name; undefined: any person who talks to the device. */
  readonly name: string | undefined;
  readonly text: string;
  /** Other words by which somebody may ask for the memory. */
  readonly keywords: readonly string[];
  /** The turn of the history from which the memory comes. */
  readonly sourceTurn: string | undefined;
  readonly createdMs: number;
  /** Id of the record that replaced this one; undefined: this record still holds. */
  readonly replacedBy: string | undefined;
  readonly replacedMs: number | undefined;
}

export type NewMemory = Omit<MemoryRecord, 'replacedBy' | 'replacedMs'> & {
  /** Ids of records that no longer hold. */
  readonly replaces: readonly string[];
};

/** Chooses memories; a member that is left out does not narrow the choice. */
export interface MemoryQuery {
  readonly id?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly agentId?: string | undefined;
  /** Name of a person, in any case of letters. */
  readonly person?: string | undefined;
}

/** Maximum number of memories of one device and agent. Beyond it, the oldest replaced ones are dropped first. */
export const MAX_MEMORIES = 1000;

/** Errors as in `DeviceStore`. */
export interface MemoryStore {
  /** Newest first, with those that were replaced, at most {@link MAX_MEMORIES} a device and agent. */
  memories(query: MemoryQuery): Promise<readonly MemoryRecord[]>;
  /** Writes all memories or none; nothing for a device that is not known. */
  keep(memories: readonly NewMemory[]): Promise<void>;
  /** Changes the text of a memory. Undefined: there is no memory of that id. */
  edit(id: string, text: string): Promise<MemoryRecord | undefined>;
  /** Sets the turn of the history from which these memories come. Ids that are not there are left out. */
  setSource(ids: readonly string[], turnId: string): Promise<void>;
  /** Removes the chosen memories and those that they had replaced. Resolves with the number of rows. */
  forget(query: MemoryQuery): Promise<number>;
}
