import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, as the speech service received it. */
export interface SpeechRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  /** Resolves when the client has closed the connection before the answer was complete. */
  readonly clientGone: Promise<void>;
  /** How many bytes were written but not yet received by the client. */
  readonly unsentBytes: number;
}

export type SpeechScript =
  /**
   * Sends `audio` in small pieces. Waits for `endNotBefore`, and then ends as `end` says: normally, by a cut, or never.
   */
  | {
      readonly kind: 'audio';
      readonly audio: Uint8Array;
      readonly type: string;
      readonly end?: 'close' | 'cut' | 'hang';
      readonly copies?: number;
      readonly endNotBefore?: Promise<unknown>;
    }
  | { readonly kind: 'status'; readonly status: number; readonly body: string }
  /** Answers with status 200, but not with audio. */
  | { readonly kind: 'text'; readonly type: string; readonly body: string }
  | { readonly kind: 'redirect'; readonly status: number; readonly to: string }
  | { readonly kind: 'silence' }
  | { readonly kind: 'hang_up' };

const PIECE_BYTES = 1_000;

/**
 * A real HTTP server for `POST /v1/audio/speech`. Each request gets the next script, and the last script is repeated.
 */
export class FakeSpeechServer {
  readonly requests: SpeechRequest[] = [];
  maxOpen = 0;
  connections = 0;
  #open = 0;
  readonly #waiting: (() => void)[] = [];
  #scripts: SpeechScript[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeSpeechServer> {
    const server = createServer();
    const fake = new FakeSpeechServer(server);
    server.on('request', (request, response) => void fake.#answer(request, response));
    server.on('connection', () => (fake.connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** How many requests are being answered now. */
  get open(): number {
    return this.#open;
  }

  script(...scripts: SpeechScript[]): void {
    this.#scripts = scripts;
  }

  async request(index: number): Promise<SpeechRequest> {
    while (this.requests.length <= index) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.requests[index]!;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#open += 1;
    this.maxOpen = Math.max(this.maxOpen, this.#open);
    const clientGone = new Promise<void>((resolve) =>
      response.once('close', () => {
        this.#open -= 1;
        if (!response.writableFinished) resolve();
      }),
    );
    response.on('error', () => undefined);
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.requests.push({
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: JSON.parse(body) as Record<string, unknown>,
      clientGone,
      get unsentBytes() {
        return response.writableLength;
      },
    });
    for (const wake of this.#waiting.splice(0)) wake();
    await this.#run(response, this.#scripts.length > 1 ? this.#scripts.shift()! : this.#scripts[0]!);
  }

  async #run(response: ServerResponse, script: SpeechScript): Promise<void> {
    switch (script.kind) {
      case 'audio':
        response.writeHead(200, { 'content-type': script.type });
        for (let copy = 0; copy < (script.copies ?? 1); copy++) {
          for (let at = 0; at < script.audio.byteLength; at += PIECE_BYTES)
            response.write(script.audio.subarray(at, at + PIECE_BYTES));
        }
        await script.endNotBefore;
        if (script.end === 'cut') response.write('', () => response.destroy());
        else if (script.end !== 'hang') response.end();
        break;
      case 'status':
        response.writeHead(script.status, { 'content-type': 'application/json' }).end(script.body);
        break;
      case 'text':
        response.writeHead(200, { 'content-type': script.type }).end(script.body);
        break;
      case 'redirect':
        response.writeHead(script.status, { location: script.to }).end();
        break;
      case 'silence':
        break;
      case 'hang_up':
        response.destroy();
        break;
    }
  }
}
