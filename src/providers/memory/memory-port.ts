/** One exchange of a conversation, in the form for a memory service. */
export interface RememberedExchange {
  readonly user: string;
  /** Empty: there was no answer. */
  readonly reply: string;
}

/** A service that remembers conversations beyond their end. Errors of all methods: `memory.failed`. */
export interface MemoryService {
  /** Resolves with the memories that may match the query, the best one first. */
  search(query: string, userId: string, signal: AbortSignal): Promise<readonly string[]>;
  add(exchanges: readonly RememberedExchange[], userId: string, signal: AbortSignal): Promise<void>;
  /** Deletes everything that belongs to the user. */
  forget(userId: string, signal: AbortSignal): Promise<void>;
}
