import * as fc from 'fast-check';

/** Bytes near to what clients send: cut, doubled, with bytes changed, and with what is expensive to read. */
const near = (samples: readonly string[]): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 4 }),
      fc.nat(600),
      fc.constantFrom('whole', 'cut', 'twice'),
    )
    .map(([sample, changes, cut, how]) => {
      const bytes = Buffer.from(sample, 'latin1');
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return how === 'whole' ? bytes : how === 'cut' ? bytes.subarray(0, cut) : Buffer.concat([bytes, bytes]);
    });

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const wide = (keys: number): string => `{${Array.from({ length: keys }, (_, n) => `"k${n}":${n}`).join(',')}}`;
const post = (path: string, body: string, more = ''): string =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${more}` +
  `Content-Length: ${body.length}\r\n\r\n${body}`;
const IDS = 'Device-Id: 02:00:00:00:00:77\r\nClient-Id: c\r\nUser-Agent: board/1.0.0\r\n';

/** Messages that are expensive to read stand between the rest, because they would fill the time. */
const often = (arbitrary: fc.Arbitrary<Buffer>) => ({ weight: 49, arbitrary });
const seldom = (arbitrary: fc.Arbitrary<Buffer>) => ({ weight: 2, arbitrary });

/** HTTP requests, pipelined ones too. */
export const hostileHttp: fc.Arbitrary<Buffer> = fc.oneof(
  often(
    near([
      post('/xiaozhi/ota/', '{"board":{"name":"x"}}', IDS),
      post('//xiaozhi/%6fta/activate', '{"serial_number":"x","challenge":"y","hmac":"z"}', IDS),
      post('/api/v1/session', '{"password":"guess"}'),
      post('/api/v1/pairing', '{"code":"123456"}', 'Authorization: Bearer x\r\n'),
      post('/xiaozhi/ota/', '1\r\n{\r\n0\r\n\r\n', `${IDS}Transfer-Encoding: chunked\r\n`),
      'GET /xiaozhi/firmware/a/b HTTP/1.1\r\nHost: evil.example\r\n' +
        'X-Forwarded-For: [::1]:1, 192.168.1.1\r\nCookie: chorus_session=x; chorus_session=y\r\n\r\n',
      'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
      'GET /xiaozhi/v1/?device-id=02:00:00:00:00:77&client-id=c&authorization=x HTTP/1.1\r\n' +
        'Host: x\r\nOrigin: http://x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'Sec-WebSocket-Protocol: chorus.token.x, a\r\n\r\n',
    ]),
  ),
  seldom(
    fc.constantFrom(
      ...[
        'GET /x HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1300),
        post('/api/v1/session', `{"password":${nested(30_000)}}`),
        post('/api/v1/session', wide(8000)),
        post('/xiaozhi/ota/', `{"board":${nested(10_000)}}`, IDS),
      ].map((text) => Buffer.from(text)),
    ),
  ),
  often(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))),
);

/** Messages of a device, as JSON or nearly. */
export const hostileText: fc.Arbitrary<Buffer> = fc.oneof(
  often(
    near([
      '{"session_id":"s","type":"listen","state":"start","mode":"auto"}',
      '{"session_id":"s","type":"listen","state":"detect","text":"\\u001b]0;x\\u0007"}',
      '{"type":"hello","version":3,"transport":"websocket","audio_params":{"frame_duration":1e999}}',
      '{"type":"mcp","payload":{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"__proto__",' +
        '"inputSchema":{"a":{}}}]}}}',
      '{"type":"__proto__","__proto__":{"type":"abort"}}',
    ]),
  ),
  seldom(
    fc.constantFrom(
      ...[`{"type":"mcp","payload":{"x":${nested(30_000)}}}`, `{"type":"mcp","payload":${wide(6000)}}`].map((text) =>
        Buffer.from(text),
      ),
    ),
  ),
  often(fc.json().map((text) => Buffer.from(text))),
);

/** Bytes on a WebSocket, framed or nearly: any opcode, reserved bit and length, masked or not, whole or cut. */
export const hostileFrame: fc.Arbitrary<Buffer> = fc
  .record({
    first: fc.nat(255),
    masked: fc.boolean(),
    claimed: fc.oneof(fc.nat(125), fc.constantFrom(126, 127)),
    extended: fc.uint8Array({ minLength: 0, maxLength: 8 }),
    payload: fc.oneof(
      hostileText,
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    ),
  })
  .map(({ first, masked, claimed, extended, payload }) =>
    Buffer.concat([
      Buffer.from([first, (masked ? 128 : 0) | claimed]),
      extended,
      ...(masked ? [Buffer.from([1, 2, 3, 4])] : []),
      payload,
    ]),
  );
