import type { Clock, LanguageTag, Logger, Metrics, Scope } from '../core/index.js';
import type { Firmware } from '../device/firmware/index.js';
import type { DownlinkAudio } from '../device/protocol/index.js';
import type { KeptTurn, SessionHost } from '../conversation/session/index.js';
import type {
  ActivationRecord,
  AgentStore,
  DeviceRecord,
  DeviceStore,
  HistoryQuery,
  HistoryTurn,
} from '../platform/store/index.js';
import type { AdminOptions, DeviceTalkBook } from '../admin/index.js';
import type { Limits } from '../device/access/limits.js';
import type { MovingOverOptions } from '../device/moving-over/moving-over.js';
import type { OldPort } from '../device/moving-over/ports.js';
import type { Readiness } from './operations-routes.js';
import type { PairingRules } from '../device/access/pairing.js';
import type { PeerKind } from '../platform/inbound/peers.js';

export interface ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** `server.public_url`: where devices reach the server, for example `https://voice.example.org`. */
  readonly publicUrl?: string | undefined;
  /** `server.public_port`: the port as devices see it, where it is not the one listened on. */
  readonly publicPort?: number | undefined;
  /** `server.ota_ports`: ports of another server on which OTA is answered too. */
  readonly otaPorts?: readonly number[] | undefined;
  /** What was brought over from another server; undefined: nothing. */
  readonly movingOver?: MovingOverOptions | undefined;
  /** `server.trusted_proxies`: addresses or CIDR ranges whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** `auth.*`: asked for each device. */
  readonly auth: PairingRules;
  /** The secret of the data folder (`ensureLocalToken`). */
  readonly localToken: string;
  /** `metrics.token`. */
  readonly metricsToken?: string | undefined;
  readonly downlink: DownlinkAudio;
  /** For a device that does not tell its language. */
  readonly defaultLanguage: LanguageTag;
  /** IANA name; default: the machine's. */
  readonly timeZone?: string | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly store: DeviceStore;
  /** Who answers on some devices in place of what the configuration says; undefined: there is nobody. */
  readonly agents?: AgentStore | undefined;
  /** The language in which an agent is talked to, in place of that of its devices; undefined: theirs. Never rejects. */
  readonly agentLanguage?: ((agentId: string) => Promise<LanguageTag | undefined>) | undefined;
  readonly sessions: SessionHost;
  /** The last turns, oldest first; undefined: none are kept. */
  readonly turns?: (() => readonly KeptTurn[]) | undefined;
  /** How much each device has talked; undefined: nobody knows. */
  readonly talks?: DeviceTalkBook | undefined;
  /** Told of a device that is forgotten, before the database is and once more after: all that is in memory of it has to go. */
  readonly onForget?: ((deviceId: string) => void) | undefined;
  /** Turns of the history, newest first; never rejects. Undefined: there is none. */
  readonly earlierTurns?: ((query: HistoryQuery) => Promise<readonly HistoryTurn[]>) | undefined;
  /** Firmware updates; undefined: there are none. */
  readonly firmware?: Firmware | undefined;
  /** The page and its API; undefined: there is neither. */
  readonly admin?: AdminOptions | undefined;
  readonly readiness: () => Readiness;
  /** Undefined: there is no `/metrics`. */
  readonly exposition: (() => Promise<{ readonly contentType: string; readonly body: string }>) | undefined;
  /** Told of each new pairing code, to show it at the terminal. */
  readonly onCode?: ((activation: ActivationRecord) => void) | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  /** Where an address belongs; default: by this machine's interfaces and routes. */
  readonly kindOf?: ((address: string) => PeerKind) | undefined;
}

export interface ChorusServer {
  /** Opens the port. Errors: `server.port_in_use`, `server.listen_failed`. */
  listen(): Promise<{ readonly host: string; readonly port: number }>;
  address(): { readonly host: string; readonly port: number } | undefined;
  readonly connections: number;
  /** The extra OTA ports, and whether each could be opened. */
  readonly otaPorts: readonly OldPort[];
  /** How many days devices of another server are still taken over; undefined: there is none. */
  readonly movingOver: { readonly daysLeft: number } | undefined;
  /** Every address that is answered, as it was registered. */
  readonly routes: readonly { readonly method: string; readonly url: string }[];
  /** No new connections, not ready any more; open ones go on. Resolves when the last has ended, or when `enough` is aborted. */
  drain(enough: AbortSignal): Promise<void>;
  /** Closes every connection and the port. Idempotent; also run when the scope closes. */
  close(): Promise<void>;
  /** Binds the device that speaks this code, which `source` entered (default: a command). Undefined: no such code. Error: `auth.rate_limited`. */
  approve(code: string, source?: string): Promise<DeviceRecord | undefined>;
  /** Ends the device's tokens and its connection at once. False: no such device. */
  revoke(deviceId: string): Promise<boolean>;
  /** The device gets a new token when it boots next; the old one works until then. Undefined: no such device. */
  rotate(deviceId: string): Promise<DeviceRecord | undefined>;
}
