import { WebSocket } from 'ws';
import type { Clock } from '../../../core/index.js';

/** Maximum age of a spare connection. An older one may be dead without notice, so no sentence is sent over it. */
const MAX_AGE_MS = 10_000;

interface Spare {
  readonly sinceMs: number;
  readonly opening: Promise<WebSocket>;
  /** Set once the connection is open. */
  socket: WebSocket | undefined;
  readonly end: () => void;
  /** Transfers the connection to a new owner. From then on, the new owner's signal ends it. */
  readonly hand: (signal: AbortSignal) => void;
}

/**
 * Connections that are opened while the model is still writing. Connecting takes three round trips to the service,
 * which are over when the text is ready.
 */
export class SpareConnections {
  readonly #spares = new Set<Spare>();

  constructor(
    private readonly clock: Clock,
    private readonly connect: (signal: AbortSignal) => Promise<WebSocket>,
  ) {}

  /**
   * Opens a connection if there are fewer than `most`. It stays open until it is taken or the signal is aborted. A
   * failure is not reported: the next caller without a connection opens one and gets the error.
   */
  open(signal: AbortSignal, most: number): void {
    this.#endUseless();
    if (signal.aborted || this.#spares.size >= most) return;
    const controller = new AbortController();
    let owner = signal;
    const onAbort = (): void => spare.end();
    const spare: Spare = {
      sinceMs: this.clock.nowMs(),
      opening: this.connect(controller.signal),
      socket: undefined,
      end: () => {
        this.#spares.delete(spare);
        owner.removeEventListener('abort', onAbort);
        controller.abort(owner.reason);
        spare.socket?.terminate();
      },
      hand: (next) => {
        this.#spares.delete(spare);
        owner.removeEventListener('abort', onAbort);
        owner = next;
        if (!spare.socket) next.addEventListener('abort', onAbort, { once: true });
      },
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#spares.add(spare);
    void this.#follow(spare, controller.signal);
  }

  async #follow(spare: Spare, ended: AbortSignal): Promise<void> {
    try {
      const socket = await spare.opening;
      spare.socket = socket;
      socket.on('close', () => this.#spares.delete(spare));
      // The signal was aborted just as the connection opened.
      if (ended.aborted) socket.terminate();
    } catch {
      this.#spares.delete(spare);
    }
  }

  /**
   * Takes the oldest open connection, or else the oldest that is still connecting. Undefined: there is none. Errors:
   * those of connecting, or the signal's reason.
   */
  take(signal: AbortSignal): Promise<WebSocket> | undefined {
    // A signal that is already aborted would send no event.
    signal.throwIfAborted();
    this.#endUseless();
    const [oldest] = this.#spares;
    const spare = [...this.#spares].find(({ socket }) => socket) ?? oldest;
    spare?.hand(signal);
    return spare?.opening;
  }

  #endUseless(): void {
    for (const spare of this.#spares)
      if (
        this.clock.nowMs() - spare.sinceMs > MAX_AGE_MS ||
        (spare.socket && spare.socket.readyState !== WebSocket.OPEN)
      )
        spare.end();
  }
}
