/** Bytes that no client should send. They are made fast, and from a seed, so that a failure can be repeated. */

/** xorshift32, which is fast and repeatable. How random it is does not matter here. */
function generator(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const wide = (keys: number): string => `{${Array.from({ length: keys }, (_, n) => `"k${n}":${n}`).join(',')}}`;
const post = (path: string, body: string, more = ''): string =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${more}` +
  `Content-Length: ${body.length}\r\n\r\n${body}`;
const IDS = 'Device-Id: 02:00:00:00:00:77\r\nClient-Id: c\r\nUser-Agent: board/1.0.0\r\n';
const buffers = (texts: readonly string[]): readonly Buffer[] => texts.map((text) => Buffer.from(text, 'latin1'));

const REQUESTS = buffers([
  post('/xiaozhi/ota/', '{"board":{"name":"x"}}', IDS),
  post('//xiaozhi/%6fta/activate', '{"serial_number":"x","challenge":"y","hmac":"z"}', IDS),
  post('/api/v1/session', '{"password":"guess"}'),
  post('/api/v1/pairing', '{"code":"123456"}', 'Authorization: Bearer x\r\n'),
  post('/api/v1/devices/02:00:00:00:00:77/say', '{"text":"x"}', 'Cookie: chorus_session=x\r\n'),
  post('/xiaozhi/ota/', '1\r\n{\r\n0\r\n\r\n', `${IDS}Transfer-Encoding: chunked\r\n`),
  post('/mcp/vision/explain', '--b\r\n\r\nx\r\n--b--', `${IDS}Authorization: Bearer x\r\n`),
  'GET /xiaozhi/firmware/a/b HTTP/1.1\r\nHost: evil.example\r\n' +
    'X-Forwarded-For: [::1]:1, 192.168.1.1\r\nCookie: chorus_session=x; chorus_session=y\r\n\r\n',
  'GET /api/v1/history?device=%ff&limit=1e9 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer x\r\n\r\n',
  'GET /console/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: 127.0.0.1\r\nIf-None-Match: "x"\r\n\r\n',
  'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
  'GET /xiaozhi/v1/?device-id=02:00:00:00:00:77&client-id=c&authorization=x HTTP/1.1\r\n' +
    'Host: x\r\nOrigin: http://x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
    'Sec-WebSocket-Protocol: chorus.token.x, a\r\n\r\n',
]);
/** Valid parts of HTTP requests. A request made of them reaches deeper code than noise does. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const PATHS = [
  '/xiaozhi/ota/',
  '/xiaozhi/ota/activate',
  '/api/v1/session',
  '/api/v1/pairing',
  '/api/v1/devices/02:00:00:00:00:77/say',
  '/api/v1/history?device=x&before=1',
  '/mcp/vision/explain',
  '/console/main.js',
  '/metrics',
  '/readyz',
];
const HEADERS = [
  'Device-Id',
  'Client-Id',
  'Authorization',
  'X-Forwarded-For',
  'Origin',
  'Cookie',
  'User-Agent',
  'Accept-Language',
  'Content-Type',
  'X-Chorus-Local',
  'If-None-Match',
];
const URL_CHARS = '%/.?&=;:@~-_a0Z+*!,$()';
/** Requests that take long to read. They are sent rarely, because they are large. */
const LARGE_REQUESTS = buffers([
  post('/api/v1/session', `{"password":${nested(30_000)}}`),
  post('/api/v1/session', wide(8000)),
  post('/xiaozhi/ota/', `{"board":${nested(10_000)}}`, IDS),
]);
export const PIPELINED = 1300;
export const PIPELINED_REQUESTS = Buffer.from('GET /x HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(PIPELINED));

const TEXTS = buffers([
  '{"session_id":"s","type":"listen","state":"start","mode":"auto"}',
  '{"session_id":"s","type":"listen","state":"detect","text":"\\u001b]0;x\\u0007"}',
  '{"type":"hello","version":3,"transport":"websocket","audio_params":{"frame_duration":1e999}}',
  '{"type":"mcp","payload":{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"__proto__",' +
    '"inputSchema":{"a":{}}}]}}}',
  '{"type":"iot","descriptors":[{"name":"x","methods":{"a":{"parameters":{"b":{}}}}}],"states":[{}]}',
  '{"type":"__proto__","__proto__":{"type":"abort"}}',
  '{"session_id":"s","type":"abort","reason":"wake_word_detected"}',
]);
const LARGE_TEXTS = buffers([
  `{"type":"mcp","payload":{"x":${nested(30_000)}}}`,
  `{"type":"mcp","payload":${wide(6000)}}`,
]);
const LARGE_ONE_IN = 2000;

const [TEXT, BINARY, PING, PONG] = [0x81, 0x82, 0x89, 0x8a];
const MASKED = 0x80;
/** With a mask of zeros, the payload stays as it is. */
const NO_MASK = Buffer.alloc(4);

/** A whole frame as a client sends it. `first` is its first byte. */
export function framed(payload: Uint8Array, first: number = TEXT): Buffer {
  const { length } = payload;
  const head =
    length < 126
      ? Buffer.from([first, MASKED | length])
      : length < 65_536
        ? Buffer.from([first, MASKED | 126, length >> 8, length & 255])
        : Buffer.from([
            first,
            MASKED | 127,
            0,
            0,
            0,
            0,
            length >>> 24,
            (length >> 16) & 255,
            (length >> 8) & 255,
            length & 255,
          ]);
  return Buffer.concat([head, NO_MASK, payload]);
}

export interface HostileRequest {
  readonly bytes: Buffer;
  /** Whether no more bytes follow, and the client closes its side. */
  readonly ends: boolean;
}

/** Makes bytes that resemble those of a client (cut, doubled, with changed bytes), and bytes that take long to read. */
export class Hostile {
  readonly #random: (below: number) => number;

  constructor(seed: number) {
    this.#random = generator(seed);
  }

  request(): HostileRequest {
    if (this.#random(LARGE_ONE_IN) === 0) return { bytes: this.#one(LARGE_REQUESTS), ends: false };
    switch (this.#random(40)) {
      case 0:
        return { bytes: this.#noise(300), ends: true };
      case 1:
      case 2:
        return this.#near(REQUESTS);
      default:
        return { bytes: this.#wellFormed(), ends: false };
    }
  }

  #wellFormed(): Buffer {
    let path = this.#of(PATHS);
    for (let changes = Math.max(0, this.#random(6) - 2); changes > 0; changes--) {
      const at = 1 + this.#random(path.length);
      path = path.slice(0, at) + URL_CHARS.charAt(this.#random(URL_CHARS.length)) + path.slice(at + this.#random(2));
    }
    const headers = Array.from({ length: this.#random(5) }, () => {
      const value = Buffer.from(this.#noise(40).map((byte) => 32 + (byte % 95)));
      return `${this.#of(HEADERS)}: ${value.toString('latin1')}`;
    });
    const method = this.#of(METHODS);
    const body = method === 'GET' || method === 'HEAD' ? Buffer.alloc(0) : this.text();
    const type = this.#random(2) === 0 ? ['Content-Type: application/json'] : [];
    const host = this.#random(4) === 0 ? 'evil.example' : '127.0.0.1';
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `Host: ${host}`,
      ...headers,
      ...type,
      `Content-Length: ${body.length}`,
    ];
    const head = `${lines.join('\r\n')}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head, 'latin1'), body]);
  }

  text(): Buffer {
    if (this.#random(LARGE_ONE_IN) === 0) return this.#one(LARGE_TEXTS);
    if (this.#random(8) === 0) return Buffer.from(JSON.stringify(this.#value(4)));
    return this.#near(TEXTS).bytes;
  }

  /** A valid frame with any content. It does not end the connection. */
  frame(): Buffer {
    switch (this.#random(8)) {
      case 0:
        return framed(this.#noise(125), this.#random(2) === 0 ? PING : PONG);
      case 1: {
        const text = this.text();
        const half = this.#random(text.length + 1);
        return Buffer.concat([
          framed(text.subarray(0, half), TEXT & 0x7f),
          framed(this.#noise(20), PING),
          framed(text.subarray(half), 0x80),
        ]);
      }
      case 2:
      case 3:
      case 4:
        return framed(this.text());
      default:
        return framed(this.#noise(this.#random(50) === 0 ? 6000 : 200), BINARY);
    }
  }

  /**
   * A frame with any opcode, reserved bits and length, masked or not, complete or cut. Mostly it ends the connection.
   */
  badFrame(): Buffer {
    const payload = this.#random(2) === 0 ? this.text() : this.#noise(200);
    const masked = this.#random(2) === 0;
    const claimed = this.#random(3) === 0 ? 126 + this.#random(2) : this.#random(126);
    return Buffer.concat([
      Buffer.from([this.#random(256), (masked ? MASKED : 0) | claimed]),
      this.#noise(8),
      ...(masked ? [NO_MASK] : []),
      payload,
    ]);
  }

  #near(samples: readonly Buffer[]): HostileRequest {
    const bytes = Buffer.from(this.#one(samples));
    for (let changes = this.#random(5); changes > 0; changes--) bytes[this.#random(bytes.length)] = this.#random(256);
    switch (this.#random(8)) {
      case 0:
        return { bytes: bytes.subarray(0, this.#random(bytes.length)), ends: true };
      case 1:
        return { bytes: Buffer.concat([bytes, bytes]), ends: true };
      default:
        return { bytes, ends: false };
    }
  }

  #noise(most: number): Buffer {
    const bytes = Buffer.allocUnsafe(this.#random(most + 1));
    for (let at = 0; at < bytes.length; at++) bytes[at] = this.#random(256);
    return bytes;
  }

  #value(depth: number): unknown {
    const kind = this.#random(depth > 0 ? 8 : 5);
    if (kind === 0) return this.#random(2) === 0 ? null : 1e308 * (this.#random(3) - 1);
    if (kind === 1) return this.#random(2) === 0;
    if (kind < 5) return this.#noise(12).toString(this.#random(2) === 0 ? 'latin1' : 'utf8');
    const items = Array.from({ length: this.#random(4) }, () => this.#value(depth - 1));
    if (kind === 5) return items;
    const keys = [
      'type',
      'state',
      'payload',
      'session_id',
      '__proto__',
      'constructor',
      this.#noise(4).toString('latin1'),
    ];
    return Object.fromEntries(items.map((item) => [keys[this.#random(keys.length)], item]));
  }

  #of(texts: readonly string[]): string {
    return texts[this.#random(texts.length)] ?? '';
  }

  #one(samples: readonly Buffer[]): Buffer {
    return samples[this.#random(samples.length)] ?? NO_MASK;
  }
}
