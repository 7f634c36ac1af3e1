/** One exchange of a conversation, as a memory service gets it. */
export interface RememberedExchange {
  readonly user: string;
  /** Empty: nothing was answered. */
  readonly reply: string;
}

/** A service that remembers conversations beyond their end. Errors of all methods: `memory.failed`. */
export interface MemoryService {
  /** Resolves with what may belong to the query, the best first. */
  search(query: string, userId: string, signal: AbortSignal): Promise<readonly string[]>;
  add(exchanges: readonly RememberedExchange[], userId: string, signal: AbortSignal): Promise<void>;
  /** Forgets all that belongs to the user. */
  forget(userId: string, signal: AbortSignal): Promise<void>;
}
