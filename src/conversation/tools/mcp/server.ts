import {
  asChorusError,
  backoffMs,
  ChorusError,
  sleep,
  type Backoff,
  type Clock,
  type ErrorCode,
  type Logger,
  type Metrics,
} from '../../../core/index.js';
import { RequestedPause } from '../../../providers/index.js';
import type { ToolPolicy } from '../tool-list.js';
import type { OfferedTool } from '../tool-source.js';
import type { ToolAnswer } from '../tool.js';
import { connectMcp, type McpClient } from './client.js';
import { openTransport, waysTo, type OpenedTransport } from './open-transport.js';
import { placeName, secretsOf, type McpServerSettings } from './settings.js';
import { toolFailed } from '../tool-errors.js';

/** A server that dies is connected again after 0.5 s. A server that cannot start is tried less and less often. */
const RECONNECT: Backoff = { firstMs: 500, mostMs: 4000 };
const PATIENT_TRIES = 12;
const IMPATIENT_DELAY_MS = 60_000;
/** A connection that lasts this long resets the delays. */
export const LIVED_MS = 60_000;
const PING_EVERY_MS = 60_000;

export interface McpServerOptions {
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface McpServerState {
  readonly name: string;
  /** Address or command, without secrets. */
  readonly place: string;
  readonly state: 'connecting' | 'ready' | 'failed';
  readonly tools: readonly { readonly name: string; readonly description: string; readonly confirm: boolean }[];
  readonly restarts: number;
  /** See {@link McpServerSettings.optional}. */
  readonly optional: boolean;
  readonly error?: { readonly code: ErrorCode; readonly message: string } | undefined;
}

/** All devices share one client. A lost connection is opened again. */
export class McpServer {
  #client: McpClient | undefined;
  #error: ChorusError | undefined;
  #tries = 0;
  #connected = 0;
  #waiters: (() => void)[] = [];
  #trouble: () => void = () => undefined;
  readonly #pause: RequestedPause;

  constructor(
    readonly settings: McpServerSettings,
    private readonly options: McpServerOptions,
    private readonly onChange: () => void = () => undefined,
  ) {
    this.#pause = new RequestedPause(options.clock);
  }

  tools(): readonly OfferedTool[] {
    return this.#client?.tools() ?? [];
  }

  get state(): McpServerState {
    const { settings } = this;
    return {
      name: settings.name,
      place: placeName(settings),
      state: this.#client ? 'ready' : this.#error ? 'failed' : 'connecting',
      tools: this.tools().map(({ name, description, confirm }) => ({ name, description, confirm })),
      restarts: Math.max(0, this.#connected - 1),
      optional: settings.optional ?? false,
      error: this.#error && { code: this.#error.code, message: this.#error.message },
    };
  }

  /** Resolves after the first attempt to connect, successful or not. */
  tried(): Promise<void> {
    return this.#client || this.#error ? Promise.resolve() : new Promise((resolve) => this.#waiters.push(resolve));
  }

  async call(name: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolAnswer> {
    const { metrics } = this.options;
    if (!this.#client) throw toolFailed(({ mcp }) => mcp.notConnected(this.settings.name));
    try {
      const answer = await this.#client.call(name, input, signal);
      metrics.count('chorus_mcp_calls_total', { result: 'answered' });
      const { text, say } = answer;
      return { ...answer, text: this.#clean(text), ...(say !== undefined && { say: this.#clean(say) }) };
    } catch (error) {
      if (signal.aborted) {
        metrics.count('chorus_mcp_calls_total', { result: 'cancelled' });
        throw error;
      }
      const { code, message, details } = asChorusError(error, 'tool.failed');
      metrics.count('chorus_mcp_calls_total', { result: code === 'tool.timeout' ? 'timeout' : 'failed' });
      // The connection may have died unnoticed, so it is checked after a timeout.
      if (code === 'tool.timeout') this.#trouble();
      const { zh } = details;
      const words = typeof zh === 'string' ? { en: this.#clean(message), zh: this.#clean(zh) } : this.#clean(message);
      throw new ChorusError(code, words, { cause: error });
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.options;
    const { name } = this.settings;
    for (;;) {
      const beganMs = clock.nowMs();
      try {
        const client = await this.#connect(signal);
        log.info('An MCP server is connected', { server: name, tools: client.tools().length });
        await this.#hold(client, signal);
        this.#error = new ChorusError('mcp.unreachable', 'the MCP server has ended');
        log.warn('An MCP server has ended; it is started again', { server: name, code: 'mcp.unreachable' });
      } catch (error) {
        signal.throwIfAborted();
        this.#failed(error);
      } finally {
        this.#client = undefined;
        this.#settle();
      }
      this.#tries = clock.nowMs() - beganMs > LIVED_MS ? 1 : this.#tries + 1;
      await sleep(clock, this.#delayMs(), signal);
    }
  }

  #delayMs(): number {
    const usualMs = this.#tries > PATIENT_TRIES ? IMPATIENT_DELAY_MS : backoffMs(this.#tries, RECONNECT);
    return Math.max(this.#pause.leftMs, usualMs);
  }

  async #connect(signal: AbortSignal): Promise<McpClient> {
    const { place, timeoutMs } = this.settings;
    let failure: unknown;
    for (let way = 0; way < waysTo(place); way++) {
      let opened: OpenedTransport | undefined;
      try {
        opened = await openTransport(place, way, { ...this.options, pause: this.#pause });
        const client = await connectMcp(
          {
            ...this.options,
            transport: opened.transport,
            prefix: `${this.settings.name}_`,
            policy: policyOf(this.settings),
            callTimeoutMs: timeoutMs,
            onTrouble: () => this.#trouble(),
          },
          signal,
        );
        this.#client = client;
        this.#error = undefined;
        this.#connected += 1;
        this.#settle();
        return client;
      } catch (error) {
        signal.throwIfAborted();
        // The first way is the configured one, so its error helps most.
        failure ??= withPrinted(error, opened?.printed() ?? '');
      }
    }
    throw failure;
  }

  /** Resolves when the connection is lost or the server no longer answers. */
  async #hold(client: McpClient, signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const over = new AbortController();
    let looking = false;
    const look = async (): Promise<void> => {
      // Sends no ping during a requested pause, because a server that asks for a pause is certainly alive.
      if (looking || over.signal.aborted || this.#pause.leftMs > 0) return;
      looking = true;
      await client.ping(over.signal).catch(() => client.close().catch(() => undefined));
      looking = false;
    };
    this.#trouble = () => void look();
    const watching = (async () => {
      while (!over.signal.aborted) {
        await sleep(clock, PING_EVERY_MS, over.signal);
        await look();
      }
    })().catch(() => undefined);
    const onAbort = (): void => void client.close().catch(() => undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    await client.ended;
    signal.removeEventListener('abort', onAbort);
    this.#trouble = () => undefined;
    over.abort();
    await watching;
    signal.throwIfAborted();
  }

  #failed(thrown: unknown): void {
    const { log } = this.options;
    const error = asChorusError(thrown, 'mcp.unreachable');
    const message = this.#clean(error.message);
    const again = this.#error?.message === message;
    this.#error = new ChorusError(error.code, message, { details: { server: this.settings.name, reason: message } });
    const level = again ? 'debug' : this.settings.optional === true ? 'info' : 'warn';
    log[level]('An MCP server cannot be used', {
      server: this.settings.name,
      code: error.code,
      reason: message,
    });
  }

  #settle(): void {
    this.onChange();
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** Hides the server's secrets, which even a model must not see. */
  #clean(text: string): string {
    return secretsOf(this.settings).reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
  }
}

function withPrinted(error: unknown, printed: string): unknown {
  const last = printed.trim().split('\n').at(-1)?.trim() ?? '';
  if (last === '') return error;
  const { code, message } = asChorusError(error, 'mcp.unreachable');
  return new ChorusError(code, `${message} (${last.slice(0, 200)})`, { cause: error });
}

/**
 * Every tool counts as one that changes the home, even if it only reads. A destructive tool needs a confirmation,
 * unless the owner has listed the tools that need one.
 */
function policyOf({ tools, confirm }: McpServerSettings): ToolPolicy {
  return ({ name, readOnly, destructive }) => {
    if (tools && !matches(tools, name)) return undefined;
    return {
      effects: 'home',
      confirm: confirm ? matches(confirm, name) : destructive && !readOnly,
      finishes: !readOnly,
    };
  };
}

function matches(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}
