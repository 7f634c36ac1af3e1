/** A memory that outlives a conversation. A summary covers all conversations. */
export interface MemoryRecord {
  readonly id: string;
  readonly deviceId: string;
  /** Empty for the configured assistant. */
  readonly agentId: string;
  readonly kind: 'fact' | 'summary';
  readonly subject: 'person' | 'device' | 'agent';
  /** Name of the person that the memory is about, if it is known. */
  readonly name: string | undefined;
  readonly text: string;
  /** Other words with which a person may ask for the memory. */
  readonly keywords: readonly string[];
  readonly sourceTurn: string | undefined;
  readonly createdMs: number;
  /** Id of the record that replaced this memory. Undefined for a current memory. */
  readonly replacedBy: string | undefined;
  readonly replacedMs: number | undefined;
}

export type NewMemory = Omit<MemoryRecord, 'replacedBy' | 'replacedMs'> & {
  readonly replaces: readonly string[];
};

/** An absent field does not restrict the selection. */
export interface MemoryQuery {
  readonly id?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly agentId?: string | undefined;
  /** Name of a person, in any letter case. */
  readonly person?: string | undefined;
}

/** Limit per device and agent. The oldest replaced memories are dropped first. */
export const MAX_MEMORIES = 1000;

export interface MemoryStore {
  /** Newest first, including replaced memories. */
  memories(query: MemoryQuery): Promise<readonly MemoryRecord[]>;
  /** Writes all memories or none, but leaves out memories of unknown devices. */
  keep(memories: readonly NewMemory[]): Promise<void>;
  edit(id: string, text: string): Promise<MemoryRecord | undefined>;
  /** Unknown ids are ignored. */
  setSource(ids: readonly string[], turnId: string): Promise<void>;
  /** Also removes the memories that the selected memories had replaced. */
  forget(query: MemoryQuery): Promise<number>;
}
