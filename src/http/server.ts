import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { ChorusError, sleep } from '../core/index.js';
import type { DeviceRecord } from '../platform/store/index.js';
import { registerAdmin, type Admin, type AdminOptions } from '../admin/index.js';
import { Advertiser, isContainer } from '../device/ota/advertiser.js';
import { WebSocketConnection } from '../device/transport/device-connection.js';
import { Connections } from '../device/transport/connections.js';
import { DeviceControl } from '../device/access/device-control.js';
import { createHttp } from './http.js';
import { AUDIO_RATE, DEFAULT_LIMITS, type Limits } from '../device/access/limits.js';
import { LOCAL_TOKEN_HEADER } from './local-token.js';
import { registerOperationsRoutes } from './operations-routes.js';
import type { ChorusServer, ServerOptions } from './options.js';
import { MovingOver } from '../device/moving-over/moving-over.js';
import { OldPorts, type OldPort } from '../device/moving-over/ports.js';
import { registerFirmwareDownload } from '../device/firmware/firmware-download.js';
import { registerOtaRoutes } from '../device/ota/ota-routes.js';
import { Pairing } from '../device/access/pairing.js';
import {
  createPeerPolicy,
  headerText,
  limitKey,
  machineKindOf,
  type Peer,
  type PeerPolicy,
} from '../platform/inbound/peers.js';
import { RateLimiter } from '../platform/inbound/rate-limit.js';
import { SocketLimit } from './socket-limit.js';
import { machineZone, zoneFor } from '../device/ota/time-zone.js';
import { DeviceTokens, sameSecret } from '../device/access/tokens.js';
import { UpgradeGate, type Welcome } from '../device/transport/websocket/upgrade.js';

/** How often idle connections are looked for. */
const SWEEP_MS = 5000;

/** HTTP, OTA and WebSocket on one port. Nothing is opened before `listen`. Error: `store.failed`. */
export async function createServer(options: ServerOptions): Promise<ChorusServer> {
  const [tokens, kindOf, inContainer] = await Promise.all([
    DeviceTokens.open(options.store, options.log),
    options.kindOf ?? machineKindOf(options.clock),
    isContainer(),
  ]);
  const peers = createPeerPolicy({ trustedProxies: options.trustedProxies ?? [], kindOf });
  const { movingOver: brought, store, clock, log } = options;
  const movingOver =
    brought &&
    new MovingOver(brought, {
      trustsNetwork: () => options.auth.mode === 'lan' || options.auth.mode === 'open',
      store,
      clock,
      log,
    });
  const server = new Server(options, tokens, peers, inContainer, movingOver);
  options.scope.onClose(() => server.close());
  return server;
}

class Server implements ChorusServer {
  readonly #app: FastifyInstance;
  readonly #limits: Limits;
  readonly #pairing: Pairing;
  readonly #connections: Connections;
  readonly #devices: DeviceControl;
  readonly #oldPorts: OldPorts;
  readonly #sockets: SocketLimit;
  readonly #audio: RateLimiter;
  readonly #advertiser: Advertiser;
  readonly #zone: string;
  readonly routes: { readonly method: string; readonly url: string }[] = [];
  #admin: Admin | undefined;
  #draining = false;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly options: ServerOptions,
    private readonly tokens: DeviceTokens,
    private readonly peers: PeerPolicy,
    inContainer: boolean,
    readonly movingOver: MovingOver | undefined,
  ) {
    const { store, clock, log, metrics, onForget } = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#audio = new RateLimiter({ ...AUDIO_RATE, burst: this.#limits.audioAheadMs }, clock);
    this.#sockets = new SocketLimit({ peers, limits: this.#limits, clock, log, metrics });
    this.#zone = options.timeZone ?? machineZone();
    this.#connections = new Connections(metrics);
    this.#pairing = new Pairing({ rules: () => options.auth, store, clock, log, onCode: options.onCode, movingOver });
    this.#devices = new DeviceControl({ store, pairing: this.#pairing, connections: this.#connections, onForget, log });
    this.#app = createHttp(this.#limits, log, clock);
    this.#oldPorts = new OldPorts({
      host: options.host,
      ports: options.otaPorts ?? [],
      limits: this.#limits,
      log,
      handle: (request, response) => this.#app.routing(request, response),
      onConnection: (socket) => this.#onSocket(socket),
    });
    this.#advertiser = new Advertiser({
      peers,
      configured: () => ({
        publicUrl: options.publicUrl,
        publicPort: options.publicPort,
        listenPort: this.address()?.port ?? options.port,
      }),
      inContainer,
      onOldPort: (localPort) => this.#oldPorts.has(localPort),
    });
    this.#app.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) this.routes.push({ method: one, url });
    });
    this.#registerRoutes();
    this.#app.server.on('connection', (socket: Socket) => this.#onSocket(socket));
    this.#acceptUpgrades();
  }

  get connections(): number {
    return this.#connections.size;
  }

  async listen(): Promise<{ host: string; port: number }> {
    const { host, port, scope, log } = this.options;
    await this.#admin?.begin();
    try {
      await this.#app.listen({ host, port });
    } catch (error) {
      throw listenError(error, host, port);
    }
    scope.fork('idle connections', (signal) => this.#sweep(signal));
    const { firmware } = this.options;
    if (firmware) scope.fork('firmware', (signal) => firmware.watch(signal));
    const address = this.address();
    if (!address) throw new ChorusError('server.listen_failed', `nothing listens on ${host}:${port}`);
    log.info('listening', address);
    await this.#oldPorts.listen();
    if (this.movingOver) scope.fork('moving over', (signal) => this.movingOver?.tell(signal) ?? Promise.resolve());
    return address;
  }

  address(): { host: string; port: number } | undefined {
    const address = this.#app.server.address() as AddressInfo | null;
    return address ? { host: address.address, port: address.port } : undefined;
  }

  get otaPorts(): readonly OldPort[] {
    return this.#oldPorts.states;
  }

  async drain(enough: AbortSignal): Promise<void> {
    this.#draining = true;
    const waited = new Promise<void>((resolve) => {
      if (enough.aborted) resolve();
      enough.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([this.#connections.empty(), waited]);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  approve(code: string, source = 'command'): Promise<DeviceRecord | undefined> {
    return this.#devices.approve(code, source);
  }

  rotate(deviceId: string): Promise<DeviceRecord | undefined> {
    return this.#devices.rotate(deviceId);
  }

  revoke(deviceId: string): Promise<boolean> {
    return this.#devices.revoke(deviceId);
  }

  async #close(): Promise<void> {
    this.#draining = true;
    for (const connection of this.#connections) connection.close('server is going away', 1001);
    // Each ends by itself within the grace time, whatever the device does.
    await this.#connections.empty();
    await Promise.all([this.#app.close(), this.#oldPorts.close()]);
  }

  #registerRoutes(): void {
    const { options } = this;
    const { clock, log, metrics, defaultLanguage, readiness, exposition, metricsToken } = options;
    const peerOf = (request: FastifyRequest): Peer => this.#peerOf(request.raw);
    const isLocal = (request: FastifyRequest): boolean => this.#isLocal(request);
    registerOtaRoutes(this.#app, {
      pairing: this.#pairing,
      tokens: this.tokens,
      firmware: options.firmware,
      requests: new RateLimiter(this.#limits.otaRequests, clock),
      peerOf,
      isLocal,
      advertise: (request, forWhom) => this.#advertiser.addressFor(request.raw, forWhom),
      serverTimeZone: this.#zone,
      defaultLanguage,
      clock,
      log,
      metrics,
    });
    if (options.firmware)
      registerFirmwareDownload(this.#app, {
        firmware: options.firmware,
        devices: this.#devices,
        peerOf,
        clock,
        log,
        metrics,
        scope: options.scope,
      });
    registerOperationsRoutes(this.#app, {
      peerOf,
      readiness,
      exposition,
      metricsToken,
      draining: () => this.#draining,
    });
    this.#admin = options.admin && this.#registerAdmin(options.admin, peerOf);
  }

  #registerAdmin(admin: AdminOptions, peerOf: (request: FastifyRequest) => Peer): Admin {
    const { store, localToken, defaultLanguage, clock, log, scope } = this.options;
    return registerAdmin(this.#app, {
      admin,
      localToken,
      peerOf,
      publicUrl: () => this.options.publicUrl,
      advertise: (request) => this.#advertiser.addressFor(request.raw, 'reader'),
      draining: () => this.#draining,
      firmware: this.options.firmware,
      agents: this.options.agents,
      devices: {
        control: this.#devices,
        firmware: this.options.firmware,
        sourceOf: (request) => limitKey(peerOf(request).address),
        talks: this.options.talks,
      },
      turns: this.options.turns ?? ((): [] => []),
      earlierTurns: this.options.earlierTurns ?? (() => Promise.resolve([])),
      store,
      issue: (device) => this.tokens.issue(device),
      defaultLanguage,
      clock,
      log,
      scope,
    });
  }

  #onSocket(socket: Socket): void {
    if (!this.#sockets.admit(socket)) return;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
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
      authenticate: async ({ token, deviceId, clientId }, from) => {
        const device =
          (await this.tokens.check(token, deviceId, clientId)) ??
          (await this.movingOver?.admit({ token, deviceId, clientId, ...from })) ??
          (await this.#pairing.admitWithoutToken(deviceId, clientId));
        const language = device?.agentId === undefined ? undefined : await this.options.agentLanguage?.(device.agentId);
        return device && language !== undefined ? { ...device, language } : device;
      },
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
      audioAllowance: this.#audio.bucket(deviceId),
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
      this.#admin?.sweep();
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
}

function listenError(error: unknown, host: string, port: number): ChorusError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE')
    return new ChorusError(
      'server.port_in_use',
      `port ${port} is in use by another program; stop it or choose another with --port`,
      { cause: error, details: { port } },
    );
  return new ChorusError('server.listen_failed', `cannot listen on ${host}:${port} (${code ?? String(error)})`, {
    cause: error,
    details: { host, port, ...(code !== undefined && { system: code }) },
  });
}
