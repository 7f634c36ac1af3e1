import { ChorusError, withTimeout, type Clock } from '../../../core/index.js';
import { toolFailed, toolLate } from '../tool-errors.js';
import { MAX_ERROR_CHARS } from '../limits.js';

export type McpPayload = Readonly<Record<string, unknown>>;

export interface McpRpcOptions {
  readonly send: (payload: McpPayload) => void;
  readonly clock: Clock;
  /** Aborted when the connection ends. All waiting requests are then rejected with the signal's reason. */
  readonly signal: AbortSignal;
  readonly maxPending: number;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The device stores ids as signed 32-bit numbers. */
const MAX_ID = 2 ** 31 - 1;

/**
 * Sends requests to the device's MCP server (docs/protocol.md 5). Ids are positive integers, and `params` is never
 * null.
 */
export class McpRpc {
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor(private readonly options: McpRpcOptions) {}

  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Returns the `result` of the answer. Errors: `tool.failed`, with the device's text if the device sent one. Also
   * `tool.timeout`, or the reason of one of the two signals.
   */
  async request(
    method: string,
    params: McpPayload | undefined,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<unknown> {
    const either = AbortSignal.any([signal, this.options.signal]);
    either.throwIfAborted();
    if (this.#pending.size >= this.options.maxPending) throw toolFailed(({ device }) => device.busy);
    const id = this.#nextId();
    const onTimeout = (): ChorusError => toolLate(({ device }) => device.late(method, timeoutMs));
    try {
      return await withTimeout(this.options.clock, timeoutMs, either, onTimeout, () => {
        const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
        this.options.send({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) });
        return answer;
      });
    } finally {
      this.#pending.delete(id);
    }
  }

  notify(method: string): void {
    this.options.send({ jsonrpc: '2.0', method });
  }

  /** Returns true if the payload answers a request. The caller ignores any other payload. */
  onMessage(payload: McpPayload): boolean {
    const { id, result, error } = payload;
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined;
    if (!pending) return false;
    if (error !== undefined && error !== null) pending.reject(errorOf(error));
    else if (result !== undefined) pending.resolve(result);
    else pending.reject(toolFailed(({ device }) => device.incomplete));
    return true;
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % MAX_ID) + 1;
    while (this.#pending.has(this.#lastId));
    return this.#lastId;
  }
}

function errorOf(error: unknown): ChorusError {
  const message = typeof error === 'string' ? error : (error as { message?: unknown }).message;
  return typeof message === 'string' && message !== ''
    ? new ChorusError('tool.failed', message.slice(0, MAX_ERROR_CHARS))
    : toolFailed(({ device }) => device.failed);
}
