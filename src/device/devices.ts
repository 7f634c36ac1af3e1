import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sleep, sparing, type Clock, type LanguageTag, type Logger, type Metrics, type Scope } from '../core/index.js';
import { type Peer, type PeerPolicy, RateLimiter } from '../platform/inbound/index.js';
import type { ActivationRecord, DeviceRecord, DeviceStore } from '../platform/store/index.js';
import { DeviceControl } from './access/device-control.js';
import { DeviceGate, type Admitted, type Credentials, type Origin } from './access/device-gate.js';
import { AUDIO_RATE, type Limits } from './access/limits.js';
import { Pairing, type PairingRules } from './access/pairing.js';
import { DeviceTokens } from './access/tokens.js';
import type { SessionHost } from './device-port.js';
import { registerFirmwareDownload } from './firmware/firmware-download.js';
import type { Firmware } from './firmware/index.js';
import { MovingOver, type MovingOverOptions } from './moving-over/moving-over.js';
import { MovingOverPorts, type MovingOverPort } from './moving-over/ports.js';
import { visionUrl, type AdvertisedAddress } from './ota/advertised-address.js';
import { Advertiser, isContainer } from './ota/advertiser.js';
import { registerOtaRoutes } from './ota/ota-routes.js';
import { zoneFor } from './ota/time-zone.js';
import type { DownlinkAudio } from './protocol/index.js';
import { Connections } from './transport/connections.js';
import { ProtocolConnection } from './transport/device-connection.js';
import type {
  ChannelEvents,
  CreateTransport,
  OtherUpgrades,
  Transport,
  TransportChannel,
} from './transport/transport-port.js';
import { TRANSPORTS } from './transport/transports.js';
import type { PictureReader, VisionAddress } from './vision/vision-port.js';
import { registerVisionRoutes } from './vision/vision-routes.js';

const SWEEP_MS = 5000;

export interface DevicesOptions {
  /** `server.public_url`, for example `https://voice.example.org`. */
  readonly publicUrl?: string | undefined;
  /** `server.public_port`, if the port for devices differs from the server's own port. */
  readonly publicPort?: number | undefined;
  /** `server.ota_ports`. OTA requests are answered on these ports too. */
  readonly otaPorts?: readonly number[] | undefined;
  /** Undefined if nothing was imported from another server. */
  readonly movingOver?: MovingOverOptions | undefined;
  /** `auth.*`, read again for each device. */
  readonly auth: PairingRules;
  readonly downlink: DownlinkAudio;
  /** Language of a device that does not report one. */
  readonly defaultLanguage: LanguageTag;
  /** IANA name, for all devices. Undefined leaves it to the language of each device and to the machine. */
  readonly timeZone?: string | undefined;
  readonly store: DeviceStore;
  readonly sessions: SessionHost;
  /** Drops a forgotten device from memory. Called both before and after the database deletes the device's data. */
  readonly onForget?: ((deviceId: string) => void | Promise<void>) | undefined;
  readonly firmware?: Firmware | undefined;
  readonly pictures?: PictureReader | undefined;
  /** Shows a new pairing code at the terminal. */
  readonly onCode?: ((activation: ActivationRecord) => void) | undefined;
  /** Other WebSocket endpoints on the main port. */
  readonly otherUpgrades?: OtherUpgrades | undefined;
  /** The default is all transports. */
  readonly transports?: readonly CreateTransport[] | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
}

/** What {@link Devices} needs from the HTTP server. */
export interface DevicesHost {
  readonly app: FastifyInstance;
  readonly host: string;
  /** The port that the server listens on, or will listen on. */
  readonly port: number;
  readonly limits: Limits;
  readonly peers: PeerPolicy;
  readonly draining: boolean;
  peerOf(request: FastifyRequest): Peer;
  /** Whether the request carries the secret of the data folder and comes from this machine. */
  isLocal(request: FastifyRequest): boolean;
  /** Call this for each new connection. Returns false if the connection was refused and closed. */
  admit(socket: Socket): boolean;
  /** Call this before any work for a request. If it returns false, the caller ends the connection. */
  mayAsk(socket: Socket): boolean;
  onDevice(socket: Duplex): void;
  /** Call this after a client was disconnected because it pipelined requests. */
  onPipelined(socket: Socket): void;
}

/** Serves devices: OTA, pairing, transports, firmware, and the ports of their previous server. */
export class Devices {
  readonly control: DeviceControl;
  readonly movingOver: MovingOver | undefined;
  readonly #connections: Connections;
  readonly #pairing: Pairing;
  readonly #ports: MovingOverPorts;
  readonly #audio: RateLimiter;
  readonly #text: RateLimiter;
  readonly #advertiser: Advertiser;
  readonly #transports: readonly Transport[];
  readonly #sparing: Logger;

  /** Opens no port before {@link listen}. Error: `store.failed`. */
  static async mount(host: DevicesHost, options: DevicesOptions): Promise<Devices> {
    const [tokens, inContainer] = await Promise.all([DeviceTokens.open(options.store, options.log), isContainer()]);
    return new Devices(host, options, tokens, inContainer);
  }

  private constructor(
    private readonly host: DevicesHost,
    private readonly options: DevicesOptions,
    private readonly tokens: DeviceTokens,
    inContainer: boolean,
  ) {
    const { store, clock, log, metrics, onForget } = options;
    const { limits, app, peers } = host;
    this.#sparing = sparing(log, clock);
    this.#audio = new RateLimiter({ ...AUDIO_RATE, burst: limits.audioAheadMs }, clock);
    this.#text = new RateLimiter(limits.deviceTextBytes, clock);
    this.#connections = new Connections(metrics);
    const trustsNetwork = (): boolean => ['lan', 'open'].includes(options.auth.mode);
    this.movingOver = options.movingOver && new MovingOver(options.movingOver, { trustsNetwork, store, clock, log });
    this.#pairing = new Pairing({
      rules: () => options.auth,
      store,
      clock,
      log,
      onCode: options.onCode,
      movingOver: this.movingOver,
    });
    this.control = new DeviceControl({ store, pairing: this.#pairing, connections: this.#connections, onForget, log });
    this.#ports = new MovingOverPorts({
      host: host.host,
      ports: options.otaPorts ?? [],
      limits,
      log,
      handle: (request, response) => app.routing(request, response),
      admit: (socket) => host.admit(socket),
      mayAsk: (socket) => host.mayAsk(socket),
      onPipelined: (socket) => host.onPipelined(socket),
    });
    this.#advertiser = new Advertiser({
      peers,
      configured: () => ({
        publicUrl: options.publicUrl,
        publicPort: options.publicPort,
        listenPort: host.port,
      }),
      inContainer,
      onMovingOverPort: (localPort) => this.#ports.has(localPort),
    });
    this.#transports = this.#createTransports();
    this.#registerRoutes();
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** The extra ports for OTA requests, and whether each could be opened. */
  get otaPorts(): readonly MovingOverPort[] {
    return this.#ports.states;
  }

  issue(device: DeviceRecord): string {
    return this.tokens.issue(device);
  }

  /** The address that a person enters into a device. */
  advertise(request: FastifyRequest): AdvertisedAddress | undefined {
    return this.#advertiser.addressFor(request.raw, 'reader');
  }

  /** Call this when the main port is open. */
  async listen(): Promise<void> {
    const { scope, firmware } = this.options;
    scope.fork('idle connections', (signal) => this.#sweep(signal));
    if (firmware) scope.fork('firmware', (signal) => firmware.watch(signal));
    for (const transport of this.#transports) await transport.listen?.();
    await this.#ports.listen();
    const { movingOver } = this;
    if (movingOver) scope.fork('moving over', (signal) => movingOver.logDaysLeft(signal));
  }

  /** Resolves when no device is connected. */
  empty(): Promise<void> {
    return this.#connections.empty();
  }

  /** A device that does not answer is disconnected after the grace time. */
  async closeConnections(): Promise<void> {
    for (const connection of this.#connections) connection.close('server is going away', 'going_away');
    this.options.otherUpgrades?.close();
    await this.#connections.empty();
    await Promise.all(this.#transports.flatMap((transport) => transport.close?.() ?? []));
  }

  closePorts(): Promise<void> {
    return this.#ports.close();
  }

  #createTransports(): readonly Transport[] {
    const { transports = TRANSPORTS, clock, log, metrics, scope, downlink, otherUpgrades } = this.options;
    const { limits, peers, app } = this.host;
    const gate = new DeviceGate({
      limits,
      clock,
      log,
      metrics,
      open: () => this.#connections.size,
      draining: () => this.host.draining,
      authenticate: (credentials, from) => this.#authenticate(credentials, from),
      authenticateByToken: ({ token, deviceId, clientId }) => this.tokens.check(token, deviceId, clientId),
    });
    const keep = (socket: Duplex): void => this.host.onDevice(socket);
    const common = { gate, keep, http: app.server, downlink, peers, limits, otherUpgrades, clock, log, metrics, scope };
    return transports.map((create) =>
      create({ ...common, connect: (device, channel, request) => this.#connect(device, channel, request) }),
    );
  }

  async #authenticate(
    { token, deviceId, clientId, informal = false }: Credentials,
    from: Origin,
  ): Promise<DeviceRecord | undefined> {
    if (informal && this.options.auth.mode !== 'open') {
      this.#sparing.warn(
        'a client names itself in the query, or by an id that is no MAC: that needs auth.pairing open',
        { problem: 'device.names_itself', deviceId, address: from.peer.address },
      );
      return undefined;
    }
    return (
      (await this.tokens.check(token, deviceId, clientId)) ??
      (await this.movingOver?.admit({ token, deviceId, clientId, ...from })) ??
      (await this.#pairing.admitWithoutToken(deviceId, clientId))
    );
  }

  #connect({ device, clientId }: Admitted, channel: TransportChannel, request?: IncomingMessage): ChannelEvents {
    const { clock, log, metrics, sessions, defaultLanguage, timeZone } = this.options;
    const { deviceId, board, firmwareVersion } = device;
    const language = device.language === '' ? defaultLanguage : device.language;
    metrics.count('chorus_handshakes_total', { result: 'accepted' });
    const connection = new ProtocolConnection(channel, {
      identity: { deviceId, clientId, language, timeZone: zoneFor(language, timeZone), firmwareVersion, board },
      vision: this.#visionFor(device, request),
      limits: this.host.limits,
      audioAllowance: this.#audio.bucket(deviceId),
      textAllowance: this.#text.bucket(deviceId),
      sessions,
      clock,
      log: log.child({ deviceId }),
      metrics,
      onGone: () => this.#connections.remove(deviceId, connection),
    });
    this.#connections.add(deviceId, connection);
    return connection;
  }

  #visionFor(device: DeviceRecord, request: IncomingMessage | undefined): VisionAddress | undefined {
    if (this.options.pictures?.on !== true) return undefined;
    const address = request && this.#advertiser.addressFor(request, 'device');
    return address && { url: visionUrl(address), token: this.tokens.issueForPictures(device) };
  }

  #registerRoutes(): void {
    const { app, limits } = this.host;
    const peerOf = (request: FastifyRequest): Peer => this.host.peerOf(request);
    const { firmware, defaultLanguage, timeZone, clock, log, metrics, scope } = this.options;
    registerOtaRoutes(app, {
      pairing: this.#pairing,
      tokens: this.tokens,
      transportMembers: (address, token) =>
        Object.fromEntries(this.#transports.flatMap((transport) => Object.entries(transport.ota(address, token)))),
      firmware,
      requests: new RateLimiter(limits.otaRequests, clock),
      peerOf,
      isLocal: (request) => this.host.isLocal(request),
      advertise: (request, forWhom) => this.#advertiser.addressFor(request.raw, forWhom),
      timeZone,
      defaultLanguage,
      clock,
      log,
      metrics,
    });
    const { pictures } = this.options;
    if (pictures)
      registerVisionRoutes(app, {
        pictures,
        check: (token, deviceId) => this.tokens.checkForPictures(token, deviceId),
        peerOf,
        advertise: (request) => this.#advertiser.addressFor(request.raw, 'reader'),
        defaultLanguage,
        clock,
        log,
        scope,
      });
    if (firmware)
      registerFirmwareDownload(app, { firmware, devices: this.control, peerOf, clock, log, metrics, scope });
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.options.clock, SWEEP_MS, signal);
      const nowMs = this.options.clock.nowMs();
      for (const connection of this.#connections) connection.sweep(nowMs);
    }
  }
}
