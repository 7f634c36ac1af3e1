import type { RawData, WebSocket } from 'ws';
import { ChorusError, parseJson, type Clock, type Logger, type TimerHandle } from '../../../core/index.js';
import { TokenBucket } from '../../../platform/inbound/index.js';
import type { Transport } from './sdk.js';

type Message = Parameters<Transport['send']>[0];

const PING_MS = 30_000;

/** Limits how many messages and bytes the other side may send. */
export class McpAllowance {
  readonly messages: TokenBucket;
  readonly bytes: TokenBucket;

  constructor(clock: Clock) {
    this.messages = new TokenBucket({ burst: 200, perSecond: 20 }, clock);
    this.bytes = new TokenBucket({ burst: 8 * 1024 * 1024, perSecond: 256 * 1024 }, clock);
  }
}

export interface SocketTransportOptions {
  readonly allowance: McpAllowance;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * MCP over a WebSocket, one message per frame. Some programs also send foreign output and answers without an id. These
 * frames are dropped, and the connection stays open. Request ids start at 1, because some access points pass an id of 0
 * to all of their robots.
 */
export class SocketTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];
  #dropped = 0;
  #alive = true;
  #timer: TimerHandle | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly options: SocketTransportOptions,
  ) {}

  start(): Promise<void> {
    const { socket } = this;
    socket.on('message', (data) => this.#read(data));
    socket.on('pong', () => (this.#alive = true));
    socket.on('error', (error) => this.onerror?.(error));
    socket.on('close', () => {
      this.#timer?.cancel();
      this.onclose?.();
    });
    this.#watch();
    return Promise.resolve();
  }

  send(message: Message): Promise<void> {
    return new Promise((resolve, reject) =>
      this.socket.send(JSON.stringify(withWireIds(message)), (error) => (error ? reject(error) : resolve())),
    );
  }

  close(): Promise<void> {
    this.#timer?.cancel();
    this.socket.close(1000);
    // Ends the connection anyway, because the other side may never answer the close frame.
    this.options.clock.after(1000, () => this.socket.terminate());
    return Promise.resolve();
  }

  #read(data: RawData): void {
    this.#alive = true;
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    const { messages, bytes: size } = this.options.allowance;
    if (!messages.take() || !size.take(bytes.byteLength)) {
      this.onerror?.(new ChorusError('tool.failed', 'the other side sends too much'));
      this.socket.close(1008, 'too much');
      return;
    }
    const message = readMessage(bytes.toString('utf8'));
    if (message) this.onmessage?.(message);
    else this.#drop();
  }

  #drop(): void {
    this.#dropped += 1;
    if (this.#dropped === 1) this.options.log.debug('A frame of an MCP connection is no message; it is dropped');
  }

  /** Sends pings, because a connection lasts for weeks and routers drop idle connections. */
  #watch(): void {
    this.#timer = this.options.clock.after(PING_MS, () => {
      if (!this.#alive) {
        this.socket.terminate();
        return;
      }
      this.#alive = false;
      this.socket.ping();
      this.#watch();
    });
  }
}

/** A cancellation also names the cancelled request by its id. */
function withWireIds(message: Message): Message {
  if (!('method' in message)) return message;
  if ('id' in message) return { ...message, id: Number(message.id) + 1 };
  const { method, params } = message;
  if (method !== 'notifications/cancelled') return message;
  return { ...message, params: { ...params, requestId: Number(params?.['requestId']) + 1 } };
}

function readMessage(text: string): Message | undefined {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { id, method, params, result, error } = value as Record<string, unknown>;
  if (typeof method === 'string') {
    const known = typeof params === 'object' && params !== null ? { params } : {};
    return (
      typeof id === 'number' || typeof id === 'string'
        ? { jsonrpc: '2.0', id, method, ...known }
        : { jsonrpc: '2.0', method, ...known }
    ) as Message;
  }
  // This side's ids are numbers, but some access points return them as text.
  const answered = typeof id === 'string' && /^\d+$/.test(id) ? Number(id) : id;
  if (typeof answered !== 'number') return undefined;
  if (typeof error === 'object' && error !== null) {
    const { code, message } = error as Record<string, unknown>;
    const readable = {
      code: typeof code === 'number' ? code : -32_000,
      message: typeof message === 'string' ? message : 'it failed',
    };
    return { jsonrpc: '2.0', id: answered - 1, error: readable };
  }
  return typeof result === 'object' && result !== null
    ? ({ jsonrpc: '2.0', id: answered - 1, result } as Message)
    : undefined;
}
