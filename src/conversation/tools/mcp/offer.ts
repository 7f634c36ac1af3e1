import { WebSocket } from 'ws';
import {
  backoffMs,
  ChorusError,
  sleep,
  withJitter,
  type Backoff,
  type Clock,
  type ErrorCode,
  type Logger,
  type Metrics,
} from '../../../core/index.js';
import type { ToolSource } from '../tool-source.js';
import { reasonOf } from './client.js';
import { OfferedTools } from './offered-tools.js';
import type { OfferSettings } from './offer-settings.js';
import { loadServer } from './sdk.js';
import { LIVED_MS } from './server.js';
import { placeName, secretsOf } from './settings.js';
import { McpAllowance, SocketTransport } from './socket-transport.js';

/**
 * Known programs that connect MCP servers to access points use these delays. A connection that lasts longer than
 * `LIVED_MS` resets them.
 */
const RECONNECT: Backoff = { firstMs: 1000, mostMs: 600_000 };
const HANDSHAKE_MS = 10_000;
/** The same programs use this limit. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** A change of the list is reported within this time. */
const CHANGED_MS = 30_000;
const METHOD_NOT_FOUND = -32_601;

export interface OfferOptions {
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Returns a number from 0 to below 1, for the jitter of the delays. */
  readonly random: () => number;
  /** The owner's list selects from these tools. */
  readonly sources: (settings: OfferSettings) => readonly ToolSource[];
}

export interface OfferState {
  readonly name: string;
  /** The address without the token. */
  readonly place: string;
  readonly state: 'connecting' | 'ready' | 'failed';
  readonly tools: readonly string[];
  /** Entries of the owner's list that match no tool. */
  readonly unknown: readonly string[];
  /** Counted since this server started or the settings changed. */
  readonly calls: number;
  readonly restarts: number;
  readonly error?: { readonly code: ErrorCode; readonly message: string } | undefined;
}

/** `tries` counts from 1. `random` is from 0 to below 1. */
export function delayMs(tries: number, random: number): number {
  return withJitter(backoffMs(tries, RECONNECT), random);
}

/** Offers tools at the access point of another server. A lost connection is opened again. */
export class ToolOffer {
  readonly #tools: OfferedTools;
  readonly #allowance: McpAllowance;
  #ready = false;
  #error: ChorusError | undefined;
  #tries = 0;
  #opened = 0;
  #calls = 0;
  /** The list that was last sent. Undefined until the other server asks for the list, and again after a change. */
  #listed: string | undefined;

  constructor(
    readonly settings: OfferSettings,
    private readonly options: OfferOptions,
    private readonly onChange: () => void = () => undefined,
  ) {
    this.#tools = new OfferedTools(() => options.sources(settings), settings.tools, options.metrics);
    this.#allowance = new McpAllowance(options.clock);
  }

  get state(): OfferState {
    return {
      name: this.settings.name,
      place: placeName(this.#place),
      state: this.#ready ? 'ready' : this.#error ? 'failed' : 'connecting',
      tools: this.#tools.names,
      unknown: this.#tools.unknown,
      calls: this.#calls,
      restarts: Math.max(0, this.#opened - 1),
      error: this.#error && { code: this.#error.code, message: this.#error.message },
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.options;
    for (;;) {
      const beganMs = clock.nowMs();
      const reason = await this.#serve(signal).catch((error: unknown) => error);
      this.#ready = false;
      this.#listed = undefined;
      signal.throwIfAborted();
      this.#failed(reason);
      this.onChange();
      this.#tries = clock.nowMs() - beganMs > LIVED_MS ? 1 : this.#tries + 1;
      await sleep(clock, delayMs(this.#tries, random()), signal);
    }
  }

  async #serve(signal: AbortSignal): Promise<never> {
    const { clock, log, version } = this.options;
    const { Server } = await loadServer();
    signal.throwIfAborted();
    const server = new Server({ name: 'chorus', version }, { capabilities: { tools: { listChanged: true } } });
    server.fallbackRequestHandler = ({ method, params = {} }, { signal: stop }) => this.#answer(method, params, stop);
    Object.assign(server, {
      onerror: (error: Error) =>
        log.debug('An MCP connection reports an error', { reason: this.#clean(reasonOf(error)) }),
    });
    const socket = new WebSocket(this.settings.url, {
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_MS,
    });
    const over = new AbortController();
    const ended = endOf(socket).finally(() => over.abort());
    const onAbort = (): void => void server.close().catch(() => undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('open', () => this.#isOpen());
    try {
      // The transport must listen now, because the other server may send as soon as the socket is open.
      await server.connect(new SocketTransport(socket, { clock, log, allowance: this.#allowance }));
      const changed = (): Promise<void> => server.sendToolListChanged();
      const [reason] = await Promise.all([ended, this.#tellChanges(changed, over.signal)]);
      throw reason;
    } finally {
      signal.removeEventListener('abort', onAbort);
      socket.terminate();
    }
  }

  #isOpen(): void {
    const { log } = this.options;
    this.#ready = true;
    this.#error = undefined;
    this.#opened += 1;
    log.info('Tools are offered to the access point of another server', {
      server: this.settings.name,
      tools: this.#tools.names.length,
    });
    this.onChange();
  }

  async #answer(
    method: string,
    params: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> {
    switch (method) {
      case 'tools/list': {
        const tools = this.#tools.list();
        this.#listed = JSON.stringify(tools);
        return { tools };
      }
      case 'tools/call':
        this.#calls += 1;
        return { ...(await this.#tools.call(params['name'], params['arguments'], signal)) };
      default:
        throw Object.assign(new Error('Method not found'), { code: METHOD_NOT_FOUND });
    }
  }

  /** Tells the other server when the list has changed, for example because an MCP server came or went. */
  async #tellChanges(tell: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await sleep(this.options.clock, CHANGED_MS, signal);
        if (this.#listed === undefined || this.#listed === JSON.stringify(this.#tools.list())) continue;
        this.#listed = undefined;
        await tell();
      }
    } catch {
      // The connection has ended, and the caller knows.
    }
  }

  #failed(thrown: unknown): void {
    const message = this.#clean(reasonOf(thrown));
    const again = this.#error?.message === message;
    const { name } = this.settings;
    this.#error = new ChorusError('mcp.unreachable', message, { details: { server: name, reason: message } });
    this.options.log[again ? 'debug' : 'warn']('The access point of another server cannot be used', {
      server: name,
      code: 'mcp.unreachable',
      reason: message,
    });
  }

  get #place() {
    return { place: { kind: 'websocket', url: this.settings.url } } as const;
  }

  #clean(text: string): string {
    return secretsOf(this.#place).reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
  }
}

/** Resolves with the reason. Never rejects. */
function endOf(socket: WebSocket): Promise<Error> {
  return new Promise((resolve) => {
    socket.once('error', resolve);
    socket.once('close', (code, reason) =>
      resolve(new ChorusError('mcp.unreachable', `it has closed the connection (${code} ${reason.toString('utf8')})`)),
    );
  });
}
