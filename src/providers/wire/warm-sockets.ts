import type { Clock, Scope, TimerHandle } from '../../core/index.js';
import type { ServiceConnection } from './connection.js';

/** Longest time without a task. Services that let a connection be used again end it after a minute. */
const IDLE_MS = 50_000;
/** Most connections without a task. More are left over only when many devices spoke at once. */
const MOST_IDLE = 4;

interface Idle {
  readonly key: string | undefined;
  readonly connection: ServiceConnection;
  readonly timer: TimerHandle;
}

/**
 * Connections of a service that takes one task after the other on them. A task that ended in order leaves its
 * connection for the next one with the same key, which saves name lookup, TCP, TLS and upgrade.
 */
export class WarmSockets {
  readonly #idle = new Set<Idle>();
  #closed = false;

  constructor(
    private readonly clock: Clock,
    scope: Scope,
  ) {
    scope.onClose(() => this.#close());
  }

  /** A kept connection, or a new one. */
  async take(key: string | undefined, open: () => Promise<ServiceConnection>): Promise<ServiceConnection> {
    const kept = [...this.#idle].findLast((one) => one.key === key);
    if (!kept) return open();
    this.#forget(kept);
    kept.connection.reused = true;
    return kept.connection;
  }

  /** Keeps a connection whose task has ended in order. */
  keep(key: string | undefined, connection: ServiceConnection): void {
    if (this.#closed || this.#idle.size >= MOST_IDLE) {
      connection.terminate();
      return;
    }
    const end = (): void => {
      this.#forget(idle);
      connection.terminate();
    };
    const idle: Idle = { key, connection, timer: this.clock.after(IDLE_MS, end) };
    this.#idle.add(idle);
    // Nothing may come between two tasks. If something does, the connection cannot be relied on.
    connection.listen({ message: end, closed: () => this.#forget(idle) });
  }

  #forget(idle: Idle): void {
    idle.timer.cancel();
    this.#idle.delete(idle);
  }

  #close(): void {
    this.#closed = true;
    for (const idle of this.#idle) {
      this.#forget(idle);
      idle.connection.terminate();
    }
  }
}

/** `connect` and `release` of a dialect whose connection serves one task after the other if `sockets` keeps it. */
export function keptConnection(
  open: (signal: AbortSignal) => Promise<ServiceConnection>,
  key: string | undefined,
  sockets: WarmSockets | undefined,
) {
  return {
    connect: (signal: AbortSignal, fresh = false): Promise<ServiceConnection> =>
      sockets && !fresh ? sockets.take(key, () => open(signal)) : open(signal),
    ...(sockets && { release: (connection: ServiceConnection) => sockets.keep(key, connection) }),
  };
}
