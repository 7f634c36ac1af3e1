import { WebSocket } from 'ws';
import type { Clock } from '../../../core/index.js';

/**
 * Longest age of a spare connection. An older one may have been dropped on its way without notice, so no sentence is
 * sent over it.
 */
const MAX_AGE_MS = 10_000;

interface Spare {
  readonly sinceMs: number;
  readonly opening: Promise<WebSocket>;
  /** Set once the connection is open. */
  socket: WebSocket | undefined;
  readonly end: () => void;
  /** Hands the connection to a new owner: from now on the new owner's signal ends it, not the opener's. */
  readonly hand: (signal: AbortSignal) => void;
}

/**
 * Connections that are opened while the model still writes the text. Opening one takes three round trips to the
 * service, which are then over when the text is there.
 */
export class SpareConnections {
  readonly #spares = new Set<Spare>();

  constructor(
    private readonly clock: Clock,
    private readonly connect: (signal: AbortSignal) => Promise<WebSocket>,
  ) {}

  /**
   * Opens a connection if there are fewer than `most`. It stays until somebody takes it, or the signal is aborted. A
   * failure is not reported: the next caller that needs a connection opens one itself and sees the error.
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
      // The connection opened at the moment at which it was given up.
      if (ended.aborted) socket.terminate();
    } catch {
      this.#spares.delete(spare);
    }
  }

  /**
   * Takes the oldest connection that is open, or else the oldest that is being opened; undefined: there is none.
   * Errors: as of opening one, or the signal's reason.
   */
  take(signal: AbortSignal): Promise<WebSocket> | undefined {
    // A signal that is aborted already would send no event.
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
