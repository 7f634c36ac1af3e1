import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpCall {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** How the server reacts to a request. */
export type HttpScript =
  | ((call: HttpCall, response: ServerResponse) => void)
  | {
      readonly status: number;
      readonly body?: string | Uint8Array;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /**
   * `silent`: does not answer. `cut`: sends half an answer. `flood`: sends 50 MB. `drip`: sends a byte at a time, for
   * ever.
   */
  | 'silent'
  | 'cut'
  | 'flood'
  | 'drip';

/** A real HTTP server. Each request gets the next script, and the last script is repeated. */
export class ScriptedHttp {
  readonly calls: HttpCall[] = [];
  open = 0;
  maxOpen = 0;
  #scripts: HttpScript[] = [];

  private constructor(private readonly server: Server) {}

  static async start(...scripts: HttpScript[]): Promise<ScriptedHttp> {
    const server = createServer();
    const fake = new ScriptedHttp(server);
    fake.script(...scripts);
    server.on('request', (request, response) => void fake.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  script(...scripts: HttpScript[]): void {
    this.#scripts = scripts;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.open += 1;
    this.maxOpen = Math.max(this.maxOpen, this.open);
    let timer: NodeJS.Timeout | undefined;
    response.once('close', () => {
      this.open -= 1;
      clearInterval(timer);
    });
    response.on('error', () => undefined);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const call = {
      path: request.url ?? '',
      method: request.method ?? '',
      headers: request.headers,
      body: Buffer.concat(parts),
    };
    this.calls.push(call);
    const script = this.#scripts.length > 1 ? this.#scripts.shift()! : this.#scripts[0]!;
    if (typeof script === 'function') script(call, response);
    else if (typeof script === 'object') response.writeHead(script.status, script.headers).end(script.body);
    else if (script === 'cut') response.writeHead(200).write('{"te', () => response.destroy());
    else if (script === 'flood') response.writeHead(200).end(Buffer.alloc(50e6, 0x20));
    else if (script === 'drip') {
      response.writeHead(200);
      timer = setInterval(() => response.write(' '), 2);
    }
  }
}
