import {
  createServer,
  DEFAULT_LIMITS,
  ensureLocalToken,
  socketsAllowed,
  type AdminOptions,
  type ChorusServer,
  type Limits,
  type PeerKind,
} from '../http/index.js';
import { openFilesLimit, readTextFile } from '../platform/machine/index.js';
import { readMovedOver } from '../moving-over/index.js';
import type { Firmware } from '../device/firmware/index.js';
import type { ServedVoiceprints } from '../conversation/people/index.js';
import type { PictureReader } from '../device/vision/vision-port.js';
import type { RunningSessionHost } from '../conversation/session/index.js';
import type { Store } from '../platform/store/index.js';
import type { PrometheusMetrics } from '../platform/telemetry/index.js';
import { type DeviceTalks, earlierTurnsOf } from '../conversation/history/index.js';
import type { Foundation } from '../config/index.js';
import type { Mcp } from './mcp.js';
import type { ServerStatus } from './status.js';

export interface HttpOptions {
  readonly store: Store;
  readonly sessions: RunningSessionHost;
  readonly talks: DeviceTalks;
  readonly forget: (deviceId: string) => Promise<void>;
  readonly metrics: PrometheusMetrics;
  readonly status: () => ServerStatus;
  readonly admin: AdminOptions;
  readonly firmware: Firmware;
  readonly mcp: Mcp;
  readonly pictures: PictureReader;
  readonly voiceprints: ServedVoiceprints;
  readonly onCode: ((code: string, deviceId: string) => void) | undefined;
  readonly kindOf?: ((address: string) => PeerKind) | undefined;
}

export async function composeHttp(
  { config, live, dataDir, root, common }: Foundation,
  options: HttpOptions,
): Promise<ChorusServer> {
  const { server, auth, session, metrics } = config;
  const movedOver = await readMovedOver(options.store);
  options.metrics.gauge('chorus_connections_limit', server.max_connections);
  return createServer({
    host: server.host,
    port: server.port,
    get publicUrl() {
      return live.current.server.public_url;
    },
    get publicPort() {
      return live.current.server.public_port;
    },
    trustedProxies: server.trusted_proxies,
    otaPorts: server.ota_ports.filter((port) => port !== server.port),
    kindOf: options.kindOf,
    movingOver: movedOver && { ...movedOver, days: auth.migration_days },
    get auth() {
      const { pairing, auto_bind_max: autoBindMax, codes_per_address: codesPerAddress, allowlist } = live.current.auth;
      return { mode: pairing, autoBindMax, codesPerAddress, allowlist };
    },
    localToken: await ensureLocalToken(dataDir),
    metricsToken: metrics.token,
    downlink: { sampleRateHz: 24_000, frameMs: 60 },
    defaultLanguage: session.language === 'auto' ? 'en-US' : session.language,
    timeZone: session.time_zone === 'auto' ? undefined : session.time_zone,
    limits: limitsOf(server),
    store: options.store,
    agents: options.store.agents,
    sessions: options.sessions,
    admin: options.admin,
    firmware: options.firmware,
    pictures: options.pictures,
    voiceprints: options.voiceprints,
    otherUpgrades: options.mcp.accessPoint,
    turns: () => options.sessions.recentTurns(),
    talks: options.talks,
    onForget: options.forget,
    earlierTurns: earlierTurnsOf(options.store, common.log),
    readiness: () => {
      const { ready, ...details } = options.status();
      return { ready, details };
    },
    exposition: metrics.enabled ? () => options.metrics.exposition() : undefined,
    onCode: ({ code, deviceId }) => (code === undefined ? undefined : options.onCode?.(code, deviceId)),
    ...common,
    scope: root.child('http'),
  });
}

export function limitsOf(server: Foundation['config']['server']): Partial<Limits> {
  // After a power cut, all devices behind one router boot at once and send the requests of a minute in one burst.
  const perAddress = { burst: server.rate_limit_per_minute, perSecond: server.rate_limit_per_minute / 60 };
  return {
    textBytes: server.max_text_bytes,
    // The other limits of text must let the longest message pass.
    messageBytes: Math.max(DEFAULT_LIMITS.messageBytes, server.max_text_bytes),
    deviceTextBytes: {
      ...DEFAULT_LIMITS.deviceTextBytes,
      burst: Math.max(DEFAULT_LIMITS.deviceTextBytes.burst, server.max_text_bytes),
    },
    binaryBytes: server.max_binary_bytes,
    helloDeadlineMs: server.hello_timeout_ms,
    audioAheadMs: server.max_audio_ahead_ms,
    connections: server.max_connections,
    sockets: socketsAllowed(server.max_connections, openFilesLimit(readTextFile)?.soft ?? Number.POSITIVE_INFINITY),
    connectionsPerAddress: server.max_connections_per_address,
    otaRequests: perAddress,
    failedHandshakes: perAddress,
    requests: {
      burst: Math.max(DEFAULT_LIMITS.requests.burst, server.rate_limit_per_minute * 2),
      perSecond: Math.max(DEFAULT_LIMITS.requests.perSecond, server.rate_limit_per_minute / 30),
    },
  };
}
