import type { Clock, Scope, TimerHandle } from '../../core/index.js';
import type { ServiceConnection } from './connection.js';

/** Services close reusable connections after a minute. */
const IDLE_MS = 50_000;
/** More connections remain only after many devices have spoken at once. */
const MOST_IDLE = 4;

interface Idle {
  readonly key: string | undefined;
  readonly connection: ServiceConnection;
  readonly timer: TimerHandle;
}

/**
 * A properly ended task leaves its connection to the next task with the same key. This saves name lookup, TCP, TLS and
 * upgrade.
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

  async take(key: string | undefined, open: () => Promise<ServiceConnection>): Promise<ServiceConnection> {
    const kept = [...this.#idle].findLast((one) => one.key === key);
    if (!kept) return open();
    this.#forget(kept);
    kept.connection.reused = true;
    return kept.connection;
  }

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
    // No message may arrive between two tasks. A connection with such a message is unreliable, and is closed.
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
