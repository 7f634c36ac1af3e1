import { access } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { ChorusError, Cancelled, isCancelled, sleep } from '../core/index.js';
import type { DeviceRecord } from '../store/index.js';
import { advertisedAddress, type AdvertisedAddress } from './advertised.js';
import { WebSocketConnection } from './connection.js';
import { Connections, Tally } from './connections.js';
import { registerConfigRoutes } from './config-routes.js';
import { registerDeviceRoutes } from './device-routes.js';
import { createHttp } from './http.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import { LOCAL_TOKEN_HEADER } from './local-token.js';
import { registerOperationsRoutes } from './operations-routes.js';
import type { ChorusServer, ServerOptions } from './options.js';
import { registerOtaRoutes } from './ota-routes.js';
import { registerTurnRoutes } from './turn-routes.js';
import { Pairing } from './pairing.js';
import { createPeerPolicy, headerText, lanAddress, limitKey, machineKindOf, normalAddress, type Peer, type PeerPolicy } from './peers.js';
import { RateLimiter } from './rate-limit.js';
import { machineZone, zoneFor } from './time-zone.js';
import { DeviceTokens, sameSecret } from './tokens.js';
import { UpgradeGate, type Welcome } from './upgrade.js';

/** How often idle connections are looked for. */
const SWEEP_MS = 5000;

/** HTTP, OTA and WebSocket on one port. Nothing is opened before `listen`. Error: `store.failed`. */
export async function createServer(options: ServerOptions): Promise<ChorusServer> {
  const [tokens, kindOf, inContainer] = await Promise.all([DeviceTokens.open(options.store), options.kindOf ?? machineKindOf(), isContainer()]);
  const peers = createPeerPolicy({ trustedProxies: options.trustedProxies ?? [], kindOf });
  const server = new Server(options, tokens, peers, inContainer);
  options.scope.onClose(() => server.close());
  return server;
}

class Server implements ChorusServer {
  readonly #app: FastifyInstance;
  readonly #limits: Limits;
  readonly #pairing: Pairing;
  readonly #connections: Connections;
  readonly #zone: string;
  #draining = false;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly options: ServerOptions,
    private readonly tokens: DeviceTokens,
    private readonly peers: PeerPolicy,
    private readonly inContainer: boolean,
  ) {
    const { store, clock, log, metrics, auth } = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#zone = options.timeZone ?? machineZone();
    this.#connections = new Connections(metrics);
    this.#pairing = new Pairing({ ...auth, allowlist: auth.allowlist ?? [], store, clock, log, onCode: options.onCode });
    this.#app = createHttp(this.#limits, log);
    this.#registerRoutes();
    this.#limitSockets();
    this.#acceptUpgrades();
  }

  get connections(): number {
    return this.#connections.size;
  }

  async listen(): Promise<{ host: string; port: number }> {
    const { host, port, scope, log } = this.options;
    try {
      await this.#app.listen({ host, port });
    } catch (error) {
      throw listenError(error, host, port);
    }
    scope.fork('idle connections', (signal) => this.#sweep(signal));
    const address = this.address();
    if (!address) throw new ChorusError('server.listen_failed', `nothing listens on ${host}:${port}`);
    log.info('listening', address);
    return address;
  }

  address(): { host: string; port: number } | undefined {
    const address = this.#app.server.address() as AddressInfo | null;
    return address ? { host: address.address, port: address.port } : undefined;
  }

  async drain(withinMs: number): Promise<void> {
    this.#draining = true;
    const patience = new AbortController();
    const enough = sleep(this.options.clock, withinMs, patience.signal).catch((error: unknown) => {
      if (!isCancelled(error)) throw error;
    });
    await Promise.race([this.#connections.empty(), enough]);
    patience.abort(new Cancelled('drained'));
    await enough;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  approve(code: string): Promise<DeviceRecord | undefined> {
    return this.#pairing.approve(code);
  }

  async rotate(deviceId: string): Promise<DeviceRecord | undefined> {
    return (await this.options.store.find(deviceId)) && this.options.store.rotate(deviceId);
  }

  async revoke(deviceId: string): Promise<boolean> {
    if (!(await this.options.store.find(deviceId))) return false;
    await this.options.store.revoke(deviceId);
    this.#connections.of(deviceId)?.close('revoked', 1008);
    this.options.log.info('device revoked', { deviceId });
    return true;
  }

  async #close(): Promise<void> {
    this.#draining = true;
    for (const connection of this.#connections) connection.close('server is going away', 1001);
    // Each ends by itself within the grace time, whatever the device does.
    await this.#connections.empty();
    await this.#app.close();
  }

  #registerRoutes(): void {
    const { options } = this;
    const { clock, log, metrics, defaultLanguage, readiness, exposition, metricsToken } = options;
    const peerOf = (request: FastifyRequest): Peer => this.#peerOf(request.raw);
    const isLocal = (request: FastifyRequest): boolean => this.#isLocal(request);
    registerOtaRoutes(this.#app, {
      pairing: this.#pairing,
      tokens: this.tokens,
      requests: new RateLimiter(this.#limits.otaRequests, clock),
      peerOf,
      isLocal,
      advertise: (request, forWhom) => this.#advertise(request, forWhom),
      serverTimeZone: this.#zone,
      defaultLanguage,
      clock,
      log,
      metrics,
    });
    registerOperationsRoutes(this.#app, { peerOf, readiness, exposition, metricsToken, draining: () => this.#draining });
    const turns = options.turns ?? ((): [] => []);
    registerTurnRoutes(this.#app, { isLocal, turns });
    if (options.configuration) registerConfigRoutes(this.#app, { isLocal, configuration: options.configuration });
    registerDeviceRoutes(this.#app, {
      isLocal,
      turns,
      approve: (code) => this.approve(code),
      list: () => options.store.list(),
      rotate: (deviceId) => this.rotate(deviceId),
      revoke: (deviceId) => this.revoke(deviceId),
      isConnected: (deviceId) => this.#connections.of(deviceId) !== undefined,
    });
  }

  /** Also those that never send a request count, by the socket's address; trusted proxies carry many clients. */
  #limitSockets(): void {
    const sockets = new Tally();
    this.#app.server.on('connection', (socket: Socket) => {
      const peer = this.peers.identify(socket.remoteAddress, {});
      const key = limitKey(peer.address);
      if (!peer.viaTrustedProxy && sockets.of(key) >= this.#limits.connectionsPerAddress) {
        this.options.metrics.count('chorus_handshakes_total', { result: 'too_many_sockets' });
        socket.destroy();
        return;
      }
      sockets.add(key);
      socket.once('close', () => sockets.remove(key));
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 30_000);
    });
  }

  #acceptUpgrades(): void {
    const { clock, log, metrics, scope } = this.options;
    const gate = new UpgradeGate({
      peers: this.peers,
      limits: this.#limits,
      clock,
      log,
      metrics,
      open: () => this.#connections.size,
      draining: () => this.#draining,
      authenticate: async ({ token, deviceId, clientId }) =>
        (await this.tokens.check(token, deviceId, clientId)) ?? this.#pairing.admitWithoutToken(deviceId, clientId),
      welcome: (socket, welcome) => this.#welcome(socket, welcome),
    });
    this.#app.server.on('upgrade', (request: IncomingMessage, socket, head: Buffer) => {
      if (scope.closed) socket.destroy();
      scope.fork('handshake', () => gate.handle(request, socket, head));
    });
  }

  #welcome(socket: WebSocket, { device, clientId, headerVersion }: Welcome): void {
    const { clock, log, metrics, sessions, downlink } = this.options;
    const { deviceId, board, firmwareVersion } = device;
    const language = device.language === '' ? this.options.defaultLanguage : device.language;
    const connection = new WebSocketConnection(socket, {
      identity: { deviceId, clientId, language, timeZone: zoneFor(language, this.#zone), firmwareVersion, board },
      headerVersion,
      downlink,
      limits: this.#limits,
      sessions,
      clock,
      log: log.child({ deviceId }),
      metrics,
      onGone: () => this.#connections.remove(deviceId, connection),
    });
    this.#connections.add(deviceId, connection);
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.options.clock, SWEEP_MS, signal);
      const nowMs = this.options.clock.nowMs();
      for (const connection of this.#connections) connection.closeIfIdle(nowMs);
    }
  }

  #peerOf(request: IncomingMessage): Peer {
    return this.peers.identify(request.socket.remoteAddress, request.headers);
  }

  #isLocal(request: FastifyRequest): boolean {
    const shown = headerText(request.headers[LOCAL_TOKEN_HEADER]);
    if (shown === undefined || !sameSecret(shown, this.options.localToken)) return false;
    const { kind, forwarded } = this.#peerOf(request.raw);
    return (kind === 'loopback' || kind === 'own') && !forwarded;
  }

  /** `reader`: a person who will type the address into a device elsewhere, so that a loopback address is of no use. */
  #advertise(request: FastifyRequest, forWhom: 'device' | 'reader'): AdvertisedAddress | undefined {
    const { headers, socket } = request.raw;
    const peer = this.#peerOf(request.raw);
    const scheme = peer.viaTrustedProxy && headerText(headers['x-forwarded-proto']) === 'https' ? 'https' : 'http';
    const forwardedHost = peer.viaTrustedProxy ? headerText(headers['x-forwarded-host']) : undefined;
    // From a container's gateway may come a program on the host, which did use the address that it says.
    const local = !peer.forwarded && (peer.kind === 'loopback' || peer.kind === 'own' || peer.kind === 'gateway');
    const reached = normalAddress(socket.localAddress ?? '');
    const address = {
      publicUrl: this.options.publicUrl,
      publicPort: this.options.publicPort,
      listenPort: this.address()?.port ?? this.options.port,
      fallbackHost: this.inContainer ? undefined : (lanAddress([reached]) ?? lanAddress()),
    };
    const asked = { host: forwardedHost ?? headers.host, scheme, viaProxy: peer.viaTrustedProxy && peer.forwarded } as const;
    const forElsewhere = advertisedAddress({ ...asked, local: local && forWhom === 'device' }, address);
    return forElsewhere ?? (local ? advertisedAddress({ ...asked, local }, address) : undefined);
  }
}

function listenError(error: unknown, host: string, port: number): ChorusError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') return new ChorusError('server.port_in_use', `port ${port} is in use by another program; stop it or choose another with --port`, { cause: error, details: { port } });
  return new ChorusError('server.listen_failed', `cannot listen on ${host}:${port} (${code ?? String(error)})`, { cause: error, details: { host, port, ...(code !== undefined && { system: code }) } });
}

async function isContainer(): Promise<boolean> {
  const marks = await Promise.allSettled(['/.dockerenv', '/run/.containerenv'].map((path) => access(path)));
  return marks.some((mark) => mark.status === 'fulfilled');
}
