import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, as the fake vendor received it. */
export interface ReceivedRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
  /** Resolves when the client has closed the connection before the answer was complete. */
  readonly clientGone: Promise<void>;
}

/** How the server reacts to one request. */
export type LlmScript =
  /** Sends chunks as they become available, and then finishes, aborts or stays open, as `end` says. */
  | {
      readonly kind: 'sse';
      readonly chunks: readonly (string | Uint8Array | Promise<string>)[];
      readonly end?: 'close' | 'cut' | 'stall';
    }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'redirect'; readonly status: number; readonly to: string }
  /** Accepts the request and never answers. */
  | { readonly kind: 'silence' }
  /** Closes the connection without an answer. */
  | { readonly kind: 'hang_up' };

/**
 * A real HTTP server for OpenAI's chat protocol. Each request gets the next script, and the last script is repeated.
 */
export class FakeLlmServer {
  readonly requests: ReceivedRequest[] = [];
  /** How many connections there have been so far, and how many are open. */
  connections = 0;
  open = 0;
  #scripts: LlmScript[] = [];
  readonly #waiting: (() => void)[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeLlmServer> {
    const server = createServer();
    const fake = new FakeLlmServer(server);
    server.on('request', (request, response) => void fake.#answer(request, response));
    server.on('connection', (socket) => {
      fake.connections += 1;
      fake.open += 1;
      socket.once('close', () => (fake.open -= 1));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get baseUrl(): string {
    return `${this.origin}/v1`;
  }

  script(...scripts: LlmScript[]): void {
    this.#scripts = scripts;
  }

  /** Resolves when `count` requests have been received in total. */
  async received(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const clientGone = new Promise<void>((resolve) => {
      response.on('close', () => {
        if (!response.writableFinished) resolve();
      });
    });
    this.requests.push({
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      clientGone,
    });
    for (const resolve of this.#waiting.splice(0)) resolve();
    const script = this.#scripts.length > 1 ? this.#scripts.shift() : this.#scripts[0];
    if (!script) throw new Error('no script');
    switch (script.kind) {
      case 'silence':
        return;
      case 'hang_up':
        response.destroy();
        return;
      case 'status':
        response
          .writeHead(script.status, { 'content-type': script.contentType ?? 'application/json', ...script.headers })
          .end(script.body);
        return;
      case 'redirect':
        response.writeHead(script.status, { location: script.to }).end();
        return;
      case 'sse':
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const pending of script.chunks) {
          const chunk = await pending;
          await new Promise((resolve) => response.write(chunk, resolve));
        }
        if (script.end === 'stall') return;
        if (script.end === 'cut') response.destroy();
        else response.end();
    }
  }
}

export function event(value: unknown): string {
  return `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
}

function chunk(
  delta: Record<string, unknown>,
  finish: string | null = null,
  extra: Record<string, unknown> = {},
): string {
  return event({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...extra,
  });
}

export const text = (content: string): string => chunk({ role: 'assistant', content });
export const thought = (reasoning: string): string => chunk({ role: 'assistant', reasoning_content: reasoning });
export const toolCall = (call: Record<string, unknown>): string => chunk({ tool_calls: [call] });
export const finish = (reason = 'stop'): string => chunk({}, reason);
export const usage = (input: number, output: number): string =>
  event({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [],
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  });
export const done = event('[DONE]');

/** A reply that is complete and valid. */
export function reply(...texts: readonly string[]): LlmScript {
  return { kind: 'sse', chunks: [...texts.map((part) => text(part)), finish(), usage(11, 5), done] };
}
