import type { Config, Environment, LoadedConfig, RejectedConfig } from '../../config/index.js';
import type { Clock, Text } from '../../core/index.js';
import type { ReadText } from '../../platform/machine/index.js';
import type { ModelInspection } from '../../engines/index.js';
import type { Issue, Finding } from './finding.js';

/** The report says that a check could not be done if the check throws. */
export interface Check {
  readonly id: string;
  readonly about: Text;
  /** Checks with `here` examine this machine and its data folder. Checks with `there` work from any machine. */
  readonly where: 'here' | 'there';
  readonly issues: readonly Issue[];
  run(context: DoctorContext): Promise<readonly Finding[]>;
}

export type Configuration =
  | LoadedConfig
  | RejectedConfig
  | { readonly ok: false; readonly file: string; readonly unreadable: string };

/** A server on this machine that uses the examined data folder. */
export interface LocalServer {
  readonly origin: string;
  readonly port: number;
  readonly pid: number;
  /** Secret for requests to this server. Undefined if this user may not read it. */
  readonly localToken: string | undefined;
}

export type Resolve = (host: string) => Promise<readonly string[]>;

export interface DoctorContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly dataDir: string;
  readonly env: Environment;
  readonly configuration: Configuration;
  /** The configuration, or the defaults if it was rejected. */
  readonly config: Config;
  readonly version: string;
  /** OTA address to try as a device. The default is the configured address, or the running server's address. */
  readonly url: string | undefined;
  readonly server: LocalServer | undefined;
  readonly readText: ReadText;
  /** The first call is slow, because it reads every byte of the models. Later calls return the same result. */
  readonly models: () => Promise<readonly ModelInspection[]>;
  readonly resolve: Resolve;
  readonly fetch: typeof fetch;
  /** Undefined if the kernel log cannot be read, e.g. by users other than root. */
  readonly kernelLog: () => Promise<string | undefined>;
  /** PEM of certificate authorities that replace the well-known ones in tests. */
  readonly authorities?: string;
  readonly packages?: readonly { readonly name: string; readonly from: string }[];
  /** Module from which the speech library is loaded. The default is the engine's module. */
  readonly speechFrom?: string;
}
