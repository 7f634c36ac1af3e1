import type { DevicesOptions, MovingOverPort } from '../device/index.js';
import type { Limits } from '../device/access/index.js';
import type { AdminOptions, DeviceTalkStatistics } from '../admin/index.js';
import type { TurnRecord } from '../records/index.js';
import type { PeerKind } from '../platform/inbound/index.js';
import type { AgentStore, DeviceRecord, HistoryQuery, HistoryTurn } from '../platform/store/index.js';
import type { ServedVoiceprints } from '../conversation/people/index.js';
import type { OperationsOptions } from './operations-routes.js';

/** The port and what is served on it: the devices' routes, the page with its API, and the operations routes. */
export interface ServerOptions extends DevicesOptions, OperationsOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** `server.trusted_proxies`: addresses or CIDR ranges whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** The secret of the data folder (`ensureLocalToken`). */
  readonly localToken: string;
  readonly limits?: Partial<Limits> | undefined;
  /** Agents that replace the configured one on some devices; undefined: there are none. */
  readonly agents?: AgentStore | undefined;
  /** The last turns, oldest first; undefined: none are kept. */
  readonly turns?: (() => readonly TurnRecord[]) | undefined;
  /** Totals over each device's turns. Undefined: they are not known. */
  readonly talks?: DeviceTalkStatistics | undefined;
  /** Turns of the history, newest first; never rejects. Undefined: there is none. */
  readonly earlierTurns?: ((query: HistoryQuery) => Promise<readonly HistoryTurn[]>) | undefined;
  /** Voiceprints for the voiceprint-api. Undefined: the API is not served. */
  readonly voiceprints?: ServedVoiceprints | undefined;
  /** The page and its API; undefined: there is neither. */
  readonly admin?: AdminOptions | undefined;
  /** Tells what kind of network an address belongs to. Default: decided by this machine's interfaces and routes. */
  readonly kindOf?: ((address: string) => PeerKind) | undefined;
}

export interface ChorusServer {
  /** Opens the port. Errors: `server.port_in_use`, `server.listen_failed`. */
  listen(): Promise<{ readonly host: string; readonly port: number }>;
  address(): { readonly host: string; readonly port: number } | undefined;
  /** Number of connected devices. */
  readonly connections: number;
  /** The extra OTA ports, and whether each could be opened. */
  readonly otaPorts: readonly MovingOverPort[];
  /** For how many days the server still takes over devices of another server. Undefined: nothing is taken over. */
  readonly movingOver: { readonly daysLeft: number } | undefined;
  /** All registered routes. */
  readonly routes: readonly { readonly method: string; readonly url: string }[];
  /**
   * Accepts no new connections and reports "not ready", while open connections continue. Resolves when the last
   * connection has ended, or when `enough` is aborted.
   */
  drain(enough: AbortSignal): Promise<void>;
  /** Closes every connection and the port. Idempotent; also run when the scope closes. */
  close(): Promise<void>;
  /**
   * Binds the device that speaks this pairing code. `source` is who entered the code (default: a command). Undefined:
   * no device has this code. Error: `auth.rate_limited`.
   */
  approve(code: string, source?: string): Promise<DeviceRecord | undefined>;
  /** Ends the device's tokens and its connection at once. False: there is no such device. */
  revoke(deviceId: string): Promise<boolean>;
  /**
   * The device gets a new token when it next boots; until then the old one works. Undefined: there is no such device.
   */
  rotate(deviceId: string): Promise<DeviceRecord | undefined>;
}
