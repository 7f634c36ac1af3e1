export interface RememberedExchange {
  readonly user: string;
  /** Empty if there was no answer. */
  readonly reply: string;
}

/** Errors of all methods: `memory.failed`, or the signal's reason. */
export interface MemoryService {
  /** The best match comes first. */
  search(query: string, userId: string, signal: AbortSignal): Promise<readonly string[]>;
  add(exchanges: readonly RememberedExchange[], userId: string, signal: AbortSignal): Promise<void>;
  /** Deletes everything that belongs to the user. */
  forget(userId: string, signal: AbortSignal): Promise<void>;
}
