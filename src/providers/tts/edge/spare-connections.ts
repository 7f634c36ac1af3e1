import { WebSocket } from 'ws';
import type { Clock } from '../../../core/index.js';

/** An older connection may be dead without notice. */
const MAX_AGE_MS = 10_000;

interface Spare {
  readonly sinceMs: number;
  readonly opening: Promise<WebSocket>;
  socket: WebSocket | undefined;
  readonly end: () => void;
  /** Hands the connection over. The signal with which it was opened no longer ends the connection. */
  readonly hand: (signal: AbortSignal) => void;
}

/** Connections that are opened while the model is still writing, because connecting takes three round trips. */
export class SpareConnections {
  readonly #spares = new Set<Spare>();

  constructor(
    private readonly clock: Clock,
    private readonly connect: (signal: AbortSignal) => Promise<WebSocket>,
  ) {}

  /**
   * Opens a connection if there are fewer than `most`. The connection waits until it is taken, becomes too old, or the
   * signal is aborted. A failure is not reported, because the next caller opens a connection and gets the error.
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
      // The signal may be aborted just as the connection opens.
      if (ended.aborted) socket.terminate();
    } catch {
      this.#spares.delete(spare);
    }
  }

  /**
   * Prefers an open connection to one that is still connecting. Returns undefined if there is none. Errors: those of
   * connecting, or the signal's reason.
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
