import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly body: unknown;
}
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export const json =
  (value: unknown): Answer =>
  (_, response) =>
    void response.setHeader('content-type', 'application/json').end(JSON.stringify(value));

/** An HTTP server that replaces all services of tools: weather, news, search, documents, a home. */
export class ToolService {
  asked: Asked[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  answers: (path: string) => Answer = () => json({});
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.headers.push(request.headers);
      const body = Buffer.concat(chunks).toString('utf8');
      this.asked.push({
        method: request.method ?? '',
        path: request.url ?? '',
        key: request.headers.authorization,
        body: body === '' ? undefined : (JSON.parse(body) as unknown),
      });
      this.answers(request.url ?? '')(request, response);
    });
  });

  static async start(): Promise<ToolService> {
    const service = new ToolService();
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  weather() {
    return { place: 'Berlin', url: `${this.origin}/forecast`, geocoding_url: `${this.origin}/places` };
  }

  /** Settings with which one tool of each group asks this server. */
  get sections() {
    const { origin } = this;
    return {
      weather: this.weather(),
      news: { feeds: { World: `${origin}/rss` } },
      search: { provider: 'tavily', api_key: 'tvly-k', url: `${origin}/search` },
      knowledge_service: { provider: 'ragflow', url: `${origin}/`, api_key: 'rag-k', datasets: ['d1', 'd2'] },
      home_assistant: { url: `${origin}/`, token: 'long' },
    };
  }
}
