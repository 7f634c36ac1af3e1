import { createHash } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { WebSocketClient } from './web-socket.js';

const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

interface Heard {
  readonly events: string[];
  readonly client: WebSocketClient;
  /** Resolves with all events when one of that name has come. */
  readonly until: (name: string) => Promise<string[]>;
}

function connect(port: number, handshakeTimeoutMs = 5000): Heard {
  const events: string[] = [];
  let wake: () => void = () => undefined;
  const tell = (event: string): void => {
    events.push(event);
    wake();
  };
  const client = new WebSocketClient({
    url: `ws://127.0.0.1:${port}/path?query=1`,
    headers: { Host: 'device.test', 'Device-Id': 'one' },
    handshakeTimeoutMs,
    onOpen: () => tell('open'),
    onText: (text) => tell(`text ${text.length > 100 ? text.length : text}`),
    onBinary: (message) => tell(`binary ${message.length > 100 ? message.length : Buffer.from(message).toString('hex')}`),
    onRefused: (status) => tell(`refused ${status}`),
    onFailed: (error) => tell(`failed ${error.message}`),
    onClosed: () => tell('closed'),
  });
  return {
    events,
    client,
    async until(name) {
      while (!events.some((event) => event.startsWith(name))) await new Promise<void>((resolve) => (wake = resolve));
      return events;
    },
  };
}

/** A peer that speaks the protocol as it should. */
async function peer(onConnection: (socket: WebSocket, headers: Readonly<Record<string, unknown>>, url: string | undefined) => void): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  open.push(server);
  server.on('connection', (socket, request) => onConnection(socket, request.headers, request.url));
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

/** A peer that answers the handshake with `head` (`accept` in it is replaced) and what follows, byte for byte. */
async function rawPeer(head: string, ...after: readonly Uint8Array[]): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', (request) => {
      const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request.toString('latin1'))?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      const answer = head.replace('accept', accept);
      // As it may come over a bad link.
      void (async () => {
        for (const byte of Buffer.concat([Buffer.from(answer), ...after])) {
          socket.write(Uint8Array.of(byte));
          await nextTurn();
        }
      })();
    });
  });
  open.push({ close: () => (sockets.forEach((socket) => socket.destroy()), server.close()) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: accept\r\n\r\n';

describe('WebSocketClient', () => {
  it('puts together what comes byte by byte', async () => {
    const port = await rawPeer(SWITCHING, Uint8Array.of(0x82, 2, 1, 2, 0x82, 126, 0, 3, 3, 4, 5, 0x81, 1, 0x41, 0x88, 0));
    expect(await connect(port).until('closed')).toEqual(['open', 'binary 0102', 'binary 030405', 'text A', 'closed']);
  });

  it('says the headers it was given, and sends what the other side can read, of every length', async () => {
    const got: string[] = [];
    let wake: () => void = () => undefined;
    const said = new Promise<void>((resolve) => (wake = resolve));
    const port = await peer((socket, headers, url) => {
      got.push(`${url ?? ''} ${String(headers['host'])} ${String(headers['device-id'])}`);
      socket.on('message', (data: Buffer, isBinary) => {
        got.push(`${isBinary ? 'binary' : 'text'} ${data.length} ${data.every((byte, at) => byte === at % 251)}`);
        if (data.length === 70_000) wake();
      });
    });
    const { client, until } = connect(port);
    await until('open');
    client.sendText('\u0000\u0001\u0002');
    for (const length of [0, 1, 125, 126, 65_535, 65_536, 70_000]) client.sendBinary(Uint8Array.from({ length }, (_, at) => at % 251));
    await said;
    expect(got).toEqual(['/path?query=1 device.test one', 'text 3 true', ...[0, 1, 125, 126, 65_535, 65_536, 70_000].map((length) => `binary ${length} true`)]);
  });

  it('hears messages of every length, in pieces, answers a ping, and tells the end', async () => {
    const pongs: string[] = [];
    const port = await peer((socket) => {
      socket.on('pong', (data: Buffer) => {
        pongs.push(data.toString());
        socket.close(1000);
      });
      socket.send('你好');
      socket.send(Buffer.from([1, 2, 3]));
      socket.send(Buffer.alloc(300));
      socket.send('x'.repeat(70_000));
      socket.send('he', { fin: false });
      socket.send('llo', { fin: true });
      socket.ping('are you there');
    });
    expect(await connect(port).until('closed')).toEqual(['open', 'text 你好', 'binary 010203', 'binary 300', 'text 70000', 'text hello', 'closed']);
    expect(pongs).toEqual(['are you there']);
  });

  it('keeps what it hands out: the next read does not write over it', async () => {
    const messages: Uint8Array[] = [];
    const port = await peer((socket) => {
      socket.send(Buffer.alloc(8, 1));
      socket.on('message', () => {
        socket.send(Buffer.alloc(8, 2));
        socket.close();
      });
    });
    await new Promise<void>((resolve) => {
      const client: WebSocketClient = new WebSocketClient({
        url: `ws://127.0.0.1:${port}`,
        headers: { Host: 'x' },
        handshakeTimeoutMs: 5000,
        onOpen: () => undefined,
        onText: () => undefined,
        onBinary: (message) => {
          messages.push(message);
          client.sendText('next');
        },
        onRefused: () => undefined,
        onFailed: () => undefined,
        onClosed: resolve,
      });
    });
    expect(messages.map((message) => [...message])).toEqual([Array(8).fill(1), Array(8).fill(2)]);
  });

  it.each([
    ['a frame with RSV bits', [0xc2, 1, 0], 'failed Invalid WebSocket frame: RSV bits must be clear'],
    ['a masked frame', [0x82, 0x81, 0, 0, 0, 0, 0], 'failed Invalid WebSocket frame: MASK must be clear'],
    ['an unknown opcode', [0x83, 0], 'failed Invalid WebSocket frame: invalid opcode 3'],
    ['a continuation of nothing', [0x80, 0], 'failed Invalid WebSocket frame: invalid opcode 0'],
    ['a message within another', [0x02, 0, 0x82, 0], 'failed Invalid WebSocket frame: invalid opcode 2'],
    ['a fragmented ping', [0x09, 0], 'failed Invalid WebSocket frame: a control frame must be whole and short'],
    ['a long ping', [0x89, 126, 0, 126], 'failed Invalid WebSocket frame: a control frame must be whole and short'],
    ['text that is not UTF-8', [0x81, 1, 0xff], 'failed Invalid WebSocket frame: invalid UTF-8 sequence'],
    ['a message without end', [0x82, 127, 0, 0, 0, 0, 0, 0x20, 0, 0], 'failed Max payload size exceeded'],
  ])('takes %s for what it is', async (_name, bytes, expected) => {
    expect(await connect(await rawPeer(SWITCHING, Uint8Array.from(bytes))).until('failed')).toEqual(['open', expected]);
  });

  it.each([
    ['another status', 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n', 'refused 401'],
    ['no HTTP', 'SSH-2.0-x\r\n\r\n', 'failed the answer to the handshake is no HTTP'],
    ['another upgrade', SWITCHING.replace('websocket', 'h2c'), 'failed Invalid Upgrade header'],
    ['the accept of another key', SWITCHING.replace('accept', 'AAAA'), 'failed Invalid Sec-WebSocket-Accept header'],
    ['a sub-protocol', SWITCHING.replace('\r\n\r\n', '\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n'), 'failed Server sent a subprotocol but none was requested'],
    ['compression', SWITCHING.replace('\r\n\r\n', '\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n'), 'failed Server sent an extension but none was requested'],
  ])('does not open on %s', async (_name, head, expected) => {
    expect(await connect(await rawPeer(head)).until(expected.slice(0, 6))).toEqual([expected]);
  });

  it('gives up when nothing is answered, and when nobody is there', async () => {
    const port = await rawPeer('');
    expect(await connect(port, 30).until('failed')).toEqual(['failed Opening handshake has timed out']);
    open.splice(0).forEach((server) => server.close());
    expect((await connect(port).until('failed')).join()).toMatch(/^failed connect ECONNREFUSED/);
  });

  it('tells an end without a Close frame, which is how a server goes that is killed', async () => {
    expect(await connect(await peer((socket) => socket.terminate())).until('closed')).toEqual(['open', 'closed']);
  });

  it('takes nothing after the Close frame, and says nothing after it was terminated', async () => {
    const port = await rawPeer(SWITCHING, Uint8Array.of(0x88, 0, 0x82, 1, 7));
    expect(await connect(port).until('closed')).toEqual(['open', 'closed']);
    let gone: () => void = () => undefined;
    const left = new Promise<void>((resolve) => (gone = resolve));
    const other = await peer((socket) => socket.on('close', gone));
    const { client, until, events } = connect(other);
    await until('open');
    client.terminate();
    await left;
    await nextTurn();
    expect(events).toEqual(['open']);
  });
});
