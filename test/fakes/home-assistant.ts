import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const HOME_TOKEN = 'a-long-lived-token';

/** The transport of Home Assistant's MCP server. `none`: the integration is not set up. */
export type HomeMcp = 'streamable' | 'sse' | 'none';

interface Rpc {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name?: string; readonly arguments?: Readonly<Record<string, unknown>> };
}

const STATES = [
  { entity_id: 'light.kitchen', state: 'on', attributes: { friendly_name: 'Kitchen light' } },
  { entity_id: 'lock.front', state: 'locked', attributes: { friendly_name: 'Front door' } },
];
const named = { type: 'object', properties: { name: { type: 'string' }, area: { type: 'string' } } };

/**
 * A Home Assistant with the interfaces that it publishes: REST, and its MCP integration over streamable HTTP (without
 * sessions, answers in JSON) and over SSE.
 */
export class FakeHomeAssistant {
  mcp: HomeMcp = 'streamable';
  /**
   * What was asked of it: REST requests (`POST /api/services/light/turn_off`) and tool calls (`HassTurnOff
   * {"name":...}`).
   */
  readonly asked: string[] = [];
  #server: Server | undefined;
  #port = 0;
  readonly #streams = new Map<string, ServerResponse>();

  static async start(): Promise<FakeHomeAssistant> {
    const home = new FakeHomeAssistant();
    await home.open();
    return home;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Opens the port. After {@link close}, opens the same port again. */
  async open(): Promise<void> {
    const server = createServer((request, response) => void this.#handle(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { method = '', url = '', headers } = request;
    if (headers.authorization !== `Bearer ${HOME_TOKEN}`) return end(response, 401, '401: Unauthorized');
    if (url === '/api/mcp' && this.mcp === 'streamable') return this.#streamable(method, body, response);
    if (url === '/mcp_server/sse' && this.mcp !== 'none' && method === 'GET') return this.#openStream(response);
    if (url.startsWith('/mcp_server/messages/')) return this.#message(url.split('/').at(-1) ?? '', body, response);
    if (url === '/api/') return json(response, { message: 'API running.' });
    if (url === '/api/states') {
      this.asked.push('GET /api/states');
      return json(response, STATES);
    }
    if (url.startsWith('/api/services/') && method === 'POST') {
      this.asked.push(`POST ${url}`);
      return json(response, []);
    }
    return end(response, 404, '404: Not Found');
  }

  #streamable(method: string, body: string, response: ServerResponse): void {
    if (method !== 'POST') return end(response, 405, '405: Method Not Allowed');
    const message = JSON.parse(body) as Rpc;
    if (message.id === undefined) return end(response, 202, '');
    return json(response, this.#answer(message));
  }

  #openStream(response: ServerResponse): void {
    const id = `s${this.#streams.size + 1}`;
    this.#streams.set(id, response);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`event: endpoint\ndata: /mcp_server/messages/${id}\n\n`);
  }

  #message(id: string, body: string, response: ServerResponse): void {
    const stream = this.#streams.get(id);
    if (!stream) return end(response, 404, 'no session');
    const message = JSON.parse(body) as Rpc;
    end(response, 200, '');
    if (message.id !== undefined) stream.write(`event: message\ndata: ${JSON.stringify(this.#answer(message))}\n\n`);
  }

  #answer({ id, method, params }: Rpc): unknown {
    const result = (value: unknown): unknown => ({ jsonrpc: '2.0', id, result: value });
    switch (method) {
      case 'initialize':
        return result({
          protocolVersion: '2025-06-18',
          capabilities: { tools: { listChanged: false }, prompts: {} },
          serverInfo: { name: 'home-assistant', version: '1.9.4' },
        });
      case 'tools/list':
        return result({
          tools: [
            { name: 'HassTurnOn', description: 'Turns on/opens a device or entity', inputSchema: named },
            { name: 'HassTurnOff', description: 'Turns off/closes a device or entity', inputSchema: named },
            { name: 'GetLiveContext', description: 'The state of the home', inputSchema: { type: 'object' } },
          ],
        });
      case 'tools/call': {
        this.asked.push(`${params?.name} ${JSON.stringify(params?.arguments ?? {})}`);
        return result({ content: [{ type: 'text', text: '{"response_type":"action_done"}' }] });
      }
      case 'ping':
        return result({});
      default:
        return { jsonrpc: '2.0', id, error: { code: -32_601, message: 'Method not found' } };
    }
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status);
  response.end(text);
}
