import { WebSocketServer } from 'ws';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  answering,
  certificate,
  proxyTo,
  silent,
  testAuthority,
  type Listening,
  type ProxyHabits,
} from '../fakes/bad-proxies.js';
import { freePort } from '../fakes/free-port.js';
import { hurriedClock, type FaultySetup } from '../fakes/doctor-context.js';

/** A fault, a function (`plant`) that causes it, and what the doctor must say about the remedy. */
export interface Plant {
  readonly fault: string;
  readonly how: string;
  readonly remedy: RegExp;
  readonly plant: (own: OwnThings) => Promise<FaultySetup>;
}

/** What a `plant` function may use. Whatever it opens with `use` is closed after the test. */
export interface OwnThings {
  /** A real server's origin, and what the doctor knows about that server. */
  readonly server: NonNullable<FaultySetup['server']>;
  readonly use: <T extends { close(): unknown }>(thing: T) => T;
}

/** Makes a `plant` function that needs no server. */
export const now = (setup: FaultySetup) => (): Promise<FaultySetup> => Promise.resolve(setup);

const through =
  (habits: ProxyHabits) =>
  async ({ server, use }: OwnThings): Promise<FaultySetup> => ({
    server,
    url: use(await proxyTo(server.origin, habits)).origin,
  });
const at =
  (make: () => Promise<Listening>) =>
  async ({ use }: OwnThings): Promise<FaultySetup> => ({ url: use(await make()).origin });
const withCertificate =
  (...[name, chain]: Parameters<typeof certificate>) =>
  async ({ server, use }: OwnThings): Promise<FaultySetup> => ({
    url: use(await proxyTo(server.origin, {}, certificate(name, chain))).origin,
    authorities: testAuthority(),
  });
const toWebSocket = (url: string) =>
  through({
    rewrite: (body) => JSON.stringify({ ...(JSON.parse(body) as object), websocket: { url, token: 'x', version: 1 } }),
  });

/** A server that accepts WebSockets and never sends a hello. */
async function mute(): Promise<Listening> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    origin: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async close() {
      for (const client of sockets.clients) client.terminate();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

/** Faults on the way between a device and the server, caused with real servers and proxies. */
export const WAY_PLANTS: readonly Plant[] = [
  {
    fault: 'device.no_upgrade',
    how: 'a proxy passes on the WebSocket request as an ordinary request',
    remedy: /proxy_http_version 1\.1/,
    plant: through({ upgrade: 'drop' }),
  },
  {
    fault: 'device.no_upgrade',
    how: 'a proxy cuts the WebSocket',
    remedy: /Upgrade/,
    plant: through({ upgrade: 'cut' }),
  },
  {
    fault: 'device.buffered',
    how: 'a proxy holds back small pieces of data',
    remedy: /proxy_buffering off/,
    plant: through({ holdMs: 400 }),
  },
  {
    fault: 'device.token_lost',
    how: 'a proxy drops Authorization',
    remedy: /hand on all headers/,
    plant: through({ without: ['authorization'] }),
  },
  {
    fault: 'device.pictures',
    how: 'a proxy hands on /xiaozhi/ only',
    remedy: /\/mcp\/vision\/explain/,
    plant: async (own) => ({
      ...(await through({ only: '/xiaozhi/' })(own)),
      settings: { 'vision.model': 'eyes' },
    }),
  },
  {
    fault: 'device.wrong_host',
    how: 'the answer names a container',
    remedy: /server\.public_url/,
    plant: toWebSocket('ws://172.18.0.2:8000/xiaozhi/v1/'),
  },
  {
    fault: 'device.wrong_port',
    how: 'the answer names a port that is not open',
    remedy: /server\.public_port/,
    plant: async (own) => toWebSocket(`ws://127.0.0.1:${await freePort()}/xiaozhi/v1/`)(own),
  },
  {
    fault: 'device.answer',
    how: 'the answer names no WebSocket',
    remedy: /compare with the server itself/,
    plant: through({ rewrite: (body) => JSON.stringify({ ...(JSON.parse(body) as object), websocket: undefined }) }),
  },
  {
    fault: 'device.no_hello',
    how: 'what takes the WebSocket never says hello',
    remedy: /proxy_read_timeout/,
    plant: async ({ server, use }) => ({
      clock: hurriedClock(20),
      server,
      url: use(await proxyTo(server.origin, { rewrite: rewriteTo(use(await mute()).origin) })).origin,
    }),
  },
  {
    fault: 'device.unpaired',
    how: 'the doctor may not read the data folder',
    remedy: /on the machine of the server/,
    plant: ({ server }) => Promise.resolve({ url: server.origin }),
  },
  {
    fault: 'device.refused',
    how: 'nobody listens',
    remedy: /server\.host/,
    plant: async () => ({ url: `http://127.0.0.1:${await freePort()}` }),
  },
  {
    fault: 'device.timeout',
    how: 'the connection stands and nothing comes',
    remedy: /ufw allow/,
    plant: async ({ use }) => ({ url: use(await silent()).origin, clock: hurriedClock(50) }),
  },
  {
    fault: 'device.cut',
    how: 'https is spoken to an http port',
    remedy: /https:\/\/ instead of http/,
    plant: ({ server }) => Promise.resolve({ url: server.origin.replace('http:', 'https:') }),
  },
  {
    fault: 'device.name',
    how: 'a name that cannot exist',
    remedy: /IP address/,
    plant: () => Promise.resolve({ url: 'http://nowhere.invalid', clock: hurriedClock(2) }),
  },
  {
    fault: 'device.redirect',
    how: 'http leads to https',
    remedy: /Enter https:\/\/voice\.example\.org\/xiaozhi\/ota\//,
    plant: at(() => answering(301, { location: 'https://voice.example.org/xiaozhi/ota/' })),
  },
  {
    fault: 'device.gateway',
    how: 'a proxy without its server',
    remedy: /proxy_pass/,
    plant: at(() => answering(502, { server: 'nginx' }, 'Bad Gateway')),
  },
  {
    fault: 'device.locked',
    how: 'a password in front',
    remedy: /tokens of their own/,
    plant: at(() => answering(401, { 'www-authenticate': 'Basic' })),
  },
  {
    fault: 'device.not_ota',
    how: "somebody else's page",
    remedy: /\/xiaozhi\/ota\//,
    plant: at(() => answering(200, { 'content-type': 'text/html' }, '<h1>Welcome to nginx!</h1>')),
  },
  {
    fault: 'device.no_address',
    how: 'a server that does not know its address',
    remedy: /server\.public_url/,
    plant: at(() => answering(503, {}, '{"error":"set server.public_url"}')),
  },
  {
    fault: 'device.tls_self_signed',
    how: 'a self-signed certificate',
    remedy: /Let’s Encrypt/,
    plant: withCertificate('selfsigned'),
  },
  {
    fault: 'device.tls_expired',
    how: 'a certificate of 2020',
    remedy: /certbot renew/,
    plant: withCertificate('expired'),
  },
  {
    fault: 'device.tls_incomplete',
    how: 'a certificate chain without the intermediate certificate',
    remedy: /fullchain\.pem/,
    plant: withCertificate('good', false),
  },
  {
    fault: 'device.tls_name',
    how: 'a certificate of another name',
    remedy: /name that the certificate is for/,
    plant: withCertificate('othername'),
  },
  {
    fault: 'device.tls_private',
    how: 'an authority that nobody knows',
    remedy: /public authority/,
    plant: async (own) => {
      const { authorities: _known, ...setup } = await withCertificate('good')(own);
      return setup;
    },
  },
];

function rewriteTo(origin: string): (body: string) => string {
  return (body) =>
    JSON.stringify({
      ...(JSON.parse(body) as object),
      websocket: { url: `${origin}/xiaozhi/v1/`, token: 'x', version: 1 },
    });
}
