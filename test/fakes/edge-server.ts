import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { secMsGec } from '../../src/providers/tts/edge/token.js';

/**
 * The words "he was not an ill disposed young man", 3 s, in the service's format (24 kHz, 48 kbit/s, mono). Made with
 * `lame -b 48 --resample 24`.
 */
export const SPEECH_MP3 = new Uint8Array(readFileSync(new URL('../fixtures/austen-0880.mp3', import.meta.url)));
export const SPEECH_TEXT = 'He was not an ill disposed young man.';

/** How the server reacts to one request. */
export type EdgeScript =
  | { readonly kind: 'speak' }
  /** Sends this many bytes of audio, then ends the connection, with a Close frame or by cutting TCP. */
  | { readonly kind: 'break'; readonly afterBytes: number; readonly how: 'close' | 'cut' }
  /** `unframed`: a binary message that is shorter than its header says. `not_mp3`: HTML in place of audio. */
  | { readonly kind: 'garbage'; readonly what: 'unframed' | 'not_mp3' | 'empty_message' }
  /** Sends `turn.start` and `turn.end` without audio. */
  | { readonly kind: 'mute' }
  /** Accepts the request, sends this many bytes of audio, and then nothing more. */
  | { readonly kind: 'hang'; readonly afterBytes: number }
  /** Sends so many copies of the audio at once that no client can read them as fast. */
  | { readonly kind: 'flood'; readonly copies: number }
  /**
   * Sends bytes that are no frame together with the answer to the upgrade, before the client can use the connection.
   */
  | { readonly kind: 'babble' }
  /** Never answers the upgrade. */
  | { readonly kind: 'deaf' }
  /** Answers the upgrade with this HTTP status. */
  | { readonly kind: 'refuse'; readonly status: number; readonly date?: string };

/** One connection, as the service sees it. */
export interface EdgeTurn {
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  /** The content of the message `Path:speech.config`. */
  config: unknown;
  ssml: string;
  requestId: string;
  /** The text to speak, with entities replaced. Throws if the SSML is not well-formed. */
  readonly text: string;
  readonly voice: string;
  readonly rate: string;
  /** How many bytes of audio were given to the socket but not yet received by the client. */
  readonly unsentBytes: number;
  readonly closed: Promise<void>;
}

const CLIENT_TOKEN = '6A5AA1D4EAFF4E9FB37E23D68491D6F4';
const CHUNK_BYTES = 720;

/**
 * A real server for Edge's read-aloud protocol. Each request gets the next script, and the last script is repeated. The
 * token is checked as the service does.
 */
export class FakeEdgeServer {
  readonly turns: EdgeTurn[] = [];
  refusals = 0;
  connections = 0;
  maxOpen = 0;
  /** The time according to the service. */
  wallMs: () => number = () => Date.now();
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #waiting: (() => void)[] = [];
  #scripts: EdgeScript[] = [{ kind: 'speak' }];
  #held: Promise<void> | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeEdgeServer> {
    const server = createServer();
    const fake = new FakeEdgeServer(server);
    server.on('upgrade', (request, socket, head) => fake.#upgrade(request, socket, head));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/edge/v1`;
  }

  get open(): number {
    return this.#sockets.clients.size;
  }

  script(...scripts: EdgeScript[]): void {
    this.#scripts = scripts;
  }

  /** Holds answers back until the returned function is called. */
  hold(): () => void {
    const gate = new EventTarget();
    this.#held = new Promise((resolve) => gate.addEventListener('open', () => resolve()));
    return () => void gate.dispatchEvent(new Event('open'));
  }

  /** Resolves with request number `index` (counted from 0) when it has arrived. */
  async turn(index: number): Promise<EdgeTurn> {
    while (this.turns.length <= index) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.turns[index]!;
  }

  /** Closes every connection, as the service does with idle ones. */
  hangUp(): void {
    for (const client of this.#sockets.clients) client.close(1000);
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'ws://fake');
    const next = this.#scripts[0]!;
    const nowMs = this.wallMs();
    const tokens = [nowMs, nowMs - 300_000].map((ms) => secMsGec(ms, CLIENT_TOKEN));
    const token = url.searchParams.get('Sec-MS-GEC') ?? '';
    if (
      next.kind === 'refuse' ||
      url.searchParams.get('TrustedClientToken') !== CLIENT_TOKEN ||
      !tokens.includes(token)
    ) {
      this.refusals += 1;
      if (next.kind === 'refuse' && this.#scripts.length > 1) this.#scripts.shift();
      const status = next.kind === 'refuse' ? next.status : 403;
      const date = next.kind === 'refuse' && next.date !== undefined ? next.date : new Date(nowMs).toUTCString();
      socket.end(`HTTP/1.1 ${status} No\r\nDate: ${date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    // The data must be read here: nothing else reads from this socket, so its closing would not be noticed.
    if (next.kind === 'babble' || next.kind === 'deaf')
      socket
        .on('error', () => undefined)
        .on('end', () => socket.destroy())
        .resume();
    if (next.kind === 'babble') {
      const accept = createHash('sha1')
        .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
      socket.end(
        'HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          `Sec-WebSocket-Accept: ${accept}\r\n\r\n\xff\xff`,
        'latin1',
      );
      return;
    }
    if (next.kind === 'deaf') return;
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#serve(client, url, request.headers));
  }

  #serve(client: WebSocket, url: URL, headers: IncomingMessage['headers']): void {
    this.connections += 1;
    this.maxOpen = Math.max(this.maxOpen, this.open);
    let config: unknown;
    client.on('error', () => undefined);
    client.on('message', (data: Buffer) => {
      const message = data.toString('utf8');
      const end = message.indexOf('\r\n\r\n');
      const body = message.slice(end + 4);
      if (/Path:speech\.config/.test(message.slice(0, end))) {
        config = JSON.parse(body);
        return;
      }
      const requestId = /X-RequestId:(\w+)/.exec(message)?.[1] ?? '';
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
      this.turns.push({
        url,
        headers,
        config,
        ssml: body,
        requestId,
        closed,
        get text() {
          return spokenText(body);
        },
        get voice() {
          return /<voice name='([^']+)'>/.exec(body)?.[1] ?? '';
        },
        get rate() {
          return /rate='([^']+)'/.exec(body)?.[1] ?? '';
        },
        get unsentBytes() {
          return client.bufferedAmount;
        },
      });
      for (const wake of this.#waiting.splice(0)) wake();
      const script = this.#scripts.length > 1 ? this.#scripts.shift()! : this.#scripts[0]!;
      void (this.#held ?? Promise.resolve()).then(() => answer(client, requestId, script));
    });
  }
}

function answer(client: WebSocket, requestId: string, script: EdgeScript): void {
  const text = (path: string, body: unknown = {}): void =>
    client.send(
      `X-RequestId:${requestId}\r\nContent-Type:application/json; charset=utf-8\r\n` +
        `Path:${path}\r\n\r\n${JSON.stringify(body)}`,
    );
  if (client.readyState !== WebSocket.OPEN) return;
  text('turn.start', { context: { serviceTag: 'fake' } });
  text('response', { context: {}, audio: { type: 'inline', streamId: 'x' } });
  switch (script.kind) {
    case 'speak':
      // Sends audio that belongs to another request, a message without audio, and a message of an unknown kind. The
      // client must ignore all three.
      audio(client, 'f'.repeat(32), new Uint8Array(500).fill(0xff));
      audio(client, requestId, new Uint8Array(0));
      text('audio.metadata', { Metadata: [{ Type: 'SessionEnd' }] });
      client.send('no headers at all');
      stream(client, requestId, SPEECH_MP3);
      text('turn.end');
      break;
    case 'break':
      stream(client, requestId, SPEECH_MP3.subarray(0, script.afterBytes));
      if (script.how === 'close') client.close(1011, 'no');
      // The connection is cut only after all bytes were sent, so that none of them is lost.
      else client.send('', () => client.terminate());
      break;
    case 'garbage':
      if (script.what === 'unframed') client.send(Uint8Array.of(0xff, 0xff, 1, 2, 3));
      else if (script.what === 'empty_message') client.send(new Uint8Array(0));
      else audio(client, requestId, new TextEncoder().encode('<html>sorry</html>'));
      break;
    case 'mute':
      text('turn.end');
      break;
    case 'hang':
      stream(client, requestId, SPEECH_MP3.subarray(0, script.afterBytes));
      break;
    case 'flood':
      for (let i = 0; i < script.copies; i++) stream(client, requestId, SPEECH_MP3);
      text('turn.end');
      break;
    case 'babble':
    case 'deaf':
    case 'refuse':
      throw new Error(`${script.kind} comes before the connection`);
  }
}

function stream(client: WebSocket, requestId: string, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES)
    audio(client, requestId, bytes.subarray(at, at + CHUNK_BYTES));
}

function audio(client: WebSocket, requestId: string, bytes: Uint8Array): void {
  const type = bytes.byteLength > 0 ? 'Content-Type:audio/mpeg\r\n' : '';
  const headers = new TextEncoder().encode(`X-RequestId:${requestId}\r\n${type}X-StreamId:1\r\nPath:audio\r\n`);
  const message = new Uint8Array(2 + headers.byteLength + bytes.byteLength);
  new DataView(message.buffer).setUint16(0, headers.byteLength, false);
  message.set(headers, 2);
  message.set(bytes, 2 + headers.byteLength);
  client.send(message);
}

/** The text in the prosody element. Throws if the SSML contains unexpected elements or entities. */
function spokenText(ssml: string): string {
  const match = /^<speak [^<>]*><voice [^<>]*><prosody [^<>]*>([^<>]*)<\/prosody><\/voice><\/speak>$/u.exec(ssml);
  if (match?.[1] === undefined) throw new Error(`not the SSML that was expected: ${ssml}`);
  return match[1].replace(/&(?:(amp|lt|gt|quot|apos);)?/gu, (_, name: string | undefined) => {
    if (name === undefined) throw new Error(`a bare ampersand: ${ssml}`);
    return { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[name] ?? '';
  });
}
