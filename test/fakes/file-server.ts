import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to the next requests for a path. The last rule stays in effect. */
export type Rule =
  | { readonly type: 'serve' }
  /** Sends this many bytes of the content, then breaks the connection. */
  | { readonly type: 'cut'; readonly afterBytes: number }
  | { readonly type: 'status'; readonly status: number }
  /** Sends this many bytes, then nothing more, and keeps the connection open. */
  | { readonly type: 'stall'; readonly afterBytes: number }
  /** States no length, and repeats the content for as long as somebody reads it. */
  | { readonly type: 'endless' }
  /** Sends the whole content, even if a range was requested. */
  | { readonly type: 'whole' };

/** A scripted mirror for model files. It can send parts of files and produce faults. */
export class FileServer {
  readonly requests: { readonly path: string; readonly range: string | undefined }[] = [];
  readonly #files = new Map<string, Uint8Array>();
  readonly #rules = new Map<string, Rule[]>();
  readonly #server = createServer((request, response) => this.#answer(request, response));
  readonly #stalled: (() => void)[] = [];

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  file(path: string, content: Uint8Array | string, ...rules: readonly Rule[]): void {
    this.#files.set(path, typeof content === 'string' ? Buffer.from(content) : content);
    this.#rules.set(path, [...rules]);
  }

  /** Resolves as soon as a request has stalled. */
  stalled(): Promise<void> {
    return new Promise((resolve) => this.#stalled.push(resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    this.requests.push({ path, range: request.headers.range });
    const content = this.#files.get(path);
    const rules = this.#rules.get(path) ?? [];
    const rule = (rules.length > 1 ? rules.shift() : rules[0]) ?? { type: 'serve' };
    if (!content || rule.type === 'status') {
      response.writeHead(content && rule.type === 'status' ? rule.status : 404).end();
      return;
    }
    const from = rule.type === 'whole' ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from >= content.length && from > 0) {
      response.writeHead(416).end();
      return;
    }
    if (rule.type === 'endless') {
      const send = (): void => void (response.destroyed || response.write(content, () => setImmediate(send)));
      send();
      return;
    }
    const body = content.subarray(from);
    const headers = { 'content-length': body.length, etag: `"${content.length}-${content[0]}"` };
    if (from > 0)
      response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
    else response.writeHead(200, headers);
    if (rule.type === 'cut') response.write(body.subarray(0, rule.afterBytes), () => response.destroy());
    else if (rule.type === 'stall')
      response.write(body.subarray(0, rule.afterBytes), () => this.#stalled.splice(0).forEach((wake) => wake()));
    else response.end(body);
  }
}
