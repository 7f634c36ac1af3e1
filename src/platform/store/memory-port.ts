/** A memory that outlives a conversation: a fact, or the summary of all conversations. */
export interface MemoryRecord {
  readonly id: string;
  readonly deviceId: string;
  /** Empty: the configured assistant. */
  readonly agentId: string;
  readonly kind: 'fact' | 'summary';
  /** The type of subject that the memory is about. */
  readonly subject: 'person' | 'device' | 'agent';
  /** The person's name. Undefined: any person who talks to the device. */
  readonly name: string | undefined;
  readonly text: string;
  /** Other words with which a person may ask for the memory. */
  readonly keywords: readonly string[];
  /** The turn in the history that the memory comes from. */
  readonly sourceTurn: string | undefined;
  readonly createdMs: number;
  /** Id of the record that replaced this one. Undefined: this record is current. */
  readonly replacedBy: string | undefined;
  readonly replacedMs: number | undefined;
}

export type NewMemory = Omit<MemoryRecord, 'replacedBy' | 'replacedMs'> & {
  /** Ids of the records that this one replaces. */
  readonly replaces: readonly string[];
};

/** Selects memories. An absent field does not restrict the selection. */
export interface MemoryQuery {
  readonly id?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly agentId?: string | undefined;
  /** Name of a person; letter case is ignored. */
  readonly person?: string | undefined;
}

/** Maximum number of memories per device and agent. Beyond it, the oldest replaced memories are dropped first. */
export const MAX_MEMORIES = 1000;

/** Memories. Errors: those of `DeviceStore`. */
export interface MemoryStore {
  /** Newest first, including replaced ones; at most {@link MAX_MEMORIES} per device and agent. */
  memories(query: MemoryQuery): Promise<readonly MemoryRecord[]>;
  /** Writes all memories or none. Writes nothing for an unknown device. */
  keep(memories: readonly NewMemory[]): Promise<void>;
  /** Changes the text of a memory. Undefined: there is no memory with this id. */
  edit(id: string, text: string): Promise<MemoryRecord | undefined>;
  /** Sets the turn in the history that these memories come from. Unknown ids are ignored. */
  setSource(ids: readonly string[], turnId: string): Promise<void>;
  /** Removes the selected memories and those that they had replaced. Resolves with the number of removed rows. */
  forget(query: MemoryQuery): Promise<number>;
}
