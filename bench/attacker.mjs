// One attack of `npm run bench -- attacks`, in a child process: `attacker.mjs NAME PORT SECONDS LOCAL_TOKEN`. It prints
// as JSON how many requests and bytes it sent and which HTTP statuses came back, and exits by itself.
import { request } from 'node:http';
import { connect } from 'node:net';
import { setPriority } from 'node:os';
import { WebSocket } from 'ws';

// The attack gets the lowest priority, because a real attacker is usually on another machine and takes no CPU from the
// server.
setPriority(19);

const [name = '', portText = '', secondsText = '', localToken = ''] = process.argv.slice(2);
const port = Number(portText);
const host = '127.0.0.1';
/** Address from which most attacks come. The honest device of `attacks.ts` uses another one. */
const localAddress = '127.0.0.2';
const endMs = performance.now() + Number(secondsText) * 1000;
const over = () => performance.now() >= endMs;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const sent = { requests: 0, bytes: 0 };
const statuses = {};

/** Resolves when the connection is closed, or after `mostMs`. */
function burst(bytes, mostMs) {
  return new Promise((resolve) => {
    const socket = connect({ port, host, localAddress });
    const timer = setTimeout(() => socket.destroy(), mostMs);
    socket.on('error', () => undefined).on('data', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.write(bytes);
    sent.bytes += bytes.length;
  });
}

/** Resolves when the request has ended, successfully or not. */
function ask(path, { method = 'GET', headers = {}, body = '' } = {}) {
  return new Promise((resolve) => {
    const asked = request(
      {
        port,
        host,
        localAddress,
        path,
        method,
        headers: { ...headers, ...(body && { 'content-length': Buffer.byteLength(body) }) },
      },
      (response) => {
        statuses[response.statusCode] = (statuses[response.statusCode] ?? 0) + 1;
        response.resume().on('close', resolve);
      },
    );
    asked.on('error', resolve);
    asked.end(body);
    sent.requests += 1;
    sent.bytes += Buffer.byteLength(body);
  });
}

const json = { 'content-type': 'application/json' };
const mac = (n) => `02:aa:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`;
const ids = (n) => ({ 'device-id': mac(n), 'client-id': `attacker-${n}`, 'user-agent': 'evil/1.0.0' });
const nested = (depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const parallel = (count, pauseMs, step) =>
  Promise.all(
    Array.from({ length: count }, async (_, n) => {
      while (!over()) {
        await step(n);
        await sleep(pauseMs);
      }
    }),
  );

/** Repeats the request over `count` persistent connections, each time after the previous answer. */
const keptRequests = (count, text) =>
  parallel(
    count,
    5,
    () =>
      new Promise((resolve) => {
        const socket = connect({ port, host, localAddress }).on('error', () => undefined);
        const next = () => {
          if (over()) {
            socket.destroy();
            return;
          }
          sent.requests += 1;
          socket.write(text);
        };
        socket.on('connect', next).on('data', next).on('close', resolve);
      }),
  );

const ATTACKS = {
  none: () => sleep(Number(secondsText) * 1000),
  pipelining: () => {
    const bytes = Buffer.from(`GET /xiaozhi/ota HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(1300));
    return parallel(8, 200, () => {
      sent.requests += 1300;
      return burst(bytes, 500);
    });
  },
  'sign-in': () => {
    const body = `{"password":${nested(62_000)}}`;
    return parallel(16, 100, () => ask('/api/v1/session', { method: 'POST', headers: json, body }));
  },
  'wide-keys': () => {
    const body = `{${Array.from({ length: 11_000 }, (_, n) => `"k${n}":1`).join(',')}}`;
    return parallel(16, 100, () => ask('/api/v1/session', { method: 'POST', headers: json, body }));
  },
  'ota-spellings': () =>
    parallel(16, 5, (n) =>
      ask(['//xiaozhi/ota', '/xiaozhi/%6Fta/', '/xiaozhi//ota/activate'][n % 3], {
        method: 'POST',
        headers: { ...ids(1000 + n), ...json },
        body: '{}',
      }),
    ),
  'log-flood': () =>
    keptRequests(32, 'GET /api/v1/session HTTP/1.1\r\nHost: evil.example\r\nConnection: keep-alive\r\n\r\n'),
  'mcp-upgrades': () =>
    parallel(32, 1, () =>
      burst(
        'GET /mcp/?token=wrong HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
        500,
      ).then(() => void (sent.requests += 1)),
    ),
  sockets: async () => {
    let open = 0;
    while (!over()) {
      for (let n = 0; n < 20; n++) {
        if (open >= 10_000) break;
        open += 1;
        sent.requests += 1;
        connect({ port, host, localAddress: `127.0.1.${n + 1}` })
          .on('error', () => undefined)
          .on('close', () => (open -= 1));
      }
      await sleep(5);
    }
  },
  'nested-json': async () => {
    const text = `{"type":"mcp","payload":{"x":${nested(30_000)}}}`;
    const devices = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map(async (n) => {
        const answer = await fetch(`http://${host}:${port}/xiaozhi/ota/`, {
          method: 'POST',
          headers: { ...ids(n), 'x-chorus-local': localToken },
          body: '{}',
        });
        const { websocket } = await answer.json();
        const socket = new WebSocket(`ws://${host}:${port}/xiaozhi/v1/`, {
          headers: { ...ids(n), authorization: `Bearer ${websocket.token}` },
        });
        await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
        socket.on('error', () => undefined);
        socket.send('{"type":"hello","version":1,"transport":"websocket"}');
        return socket;
      }),
    );
    await parallel(8, 17, (n) => {
      devices[n]?.send(text);
      sent.requests += 1;
      sent.bytes += text.length;
    });
  },
};

const attack = ATTACKS[name];
if (!attack) throw new Error(`there is no attack ${name}: ${Object.keys(ATTACKS).join(', ')}`);
await Promise.race([attack(), sleep(Number(secondsText) * 1000 + 2000)]);
console.log(JSON.stringify({ ...sent, statuses }));
process.exit(0);
