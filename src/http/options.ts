import type { DevicesOptions, MovingOverPort } from '../device/index.js';
import type { Limits } from '../device/access/index.js';
import type { AdminOptions, DeviceTalkStatistics } from '../admin/index.js';
import type { TurnRecord } from '../records/index.js';
import type { PeerKind } from '../platform/inbound/index.js';
import type { AgentStore, DeviceRecord, HistoryQuery, HistoryTurn } from '../platform/store/index.js';
import type { ServedVoiceprints } from '../conversation/people/index.js';
import type { OperationsOptions } from './operations-routes.js';

export interface ServerOptions extends DevicesOptions, OperationsOptions {
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  /** `server.trusted_proxies`: addresses or CIDR ranges whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** The secret of the data folder (`ensureLocalToken`). */
  readonly localToken: string;
  readonly limits?: Partial<Limits> | undefined;
  /** Agents that replace the configured agent on some devices. */
  readonly agents?: AgentStore | undefined;
  /** The last turns, oldest first. Undefined if none are kept. */
  readonly turns?: (() => readonly TurnRecord[]) | undefined;
  /** Totals over each device's turns. */
  readonly talks?: DeviceTalkStatistics | undefined;
  /** Turns of the history, newest first. Never rejects. Undefined if there is no history. */
  readonly earlierTurns?: ((query: HistoryQuery) => Promise<readonly HistoryTurn[]>) | undefined;
  /** Undefined if the voiceprint-api is not served. */
  readonly voiceprints?: ServedVoiceprints | undefined;
  /** Undefined if the page and its API are not served. */
  readonly admin?: AdminOptions | undefined;
  /** The kind of network of an address. By default, this machine's interfaces and routes decide. */
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
  /** For this many more days, the server takes over devices of another server. Undefined if it takes over none. */
  readonly movingOver: { readonly daysLeft: number } | undefined;
  readonly routes: readonly { readonly method: string; readonly url: string }[];
  /** Refuses new devices. Resolves when the last device has disconnected, or when `enough` is aborted. */
  drain(enough: AbortSignal): Promise<void>;
  /** Closes every connection and the port. Also runs when the scope closes. */
  close(): Promise<void>;
  /** `source` identifies who entered the code. Undefined if no device has the code. Error: `auth.rate_limited`. */
  approve(code: string, source?: string): Promise<DeviceRecord | undefined>;
  /** Invalidates the device's tokens and disconnects the device. False if there is no such device. */
  revoke(deviceId: string): Promise<boolean>;
  /** The old token works until the device's next boot. Undefined if there is no such device. */
  rotate(deviceId: string): Promise<DeviceRecord | undefined>;
}
