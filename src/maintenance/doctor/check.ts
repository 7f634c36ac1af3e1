import type { Config, Environment, LoadedConfig, RejectedConfig } from '../../config/index.js';
import type { Clock, Text } from '../../core/index.js';
import type { ReadText } from '../../platform/machine/index.js';
import type { ModelInspection } from '../../engines/index.js';
import type { Issue, Finding } from './finding.js';

/** One check of the doctor. If it throws, the doctor reports that the check could not be done. */
export interface Check {
  readonly id: string;
  /** What the check examines, in words, for the documentation. */
  readonly about: Text;
  /**
   * `here`: checks this machine and its data folder. `there`: checks an address, so it also works if an address is all
   * that the user gives.
   */
  readonly where: 'here' | 'there';
  readonly issues: readonly Issue[];
  run(context: DoctorContext): Promise<readonly Finding[]>;
}

/** The configuration, as far as it could be read. */
export type Configuration =
  | LoadedConfig
  | RejectedConfig
  | { readonly ok: false; readonly file: string; readonly unreadable: string };

/** The server that runs on this machine with the examined data folder. */
export interface LocalServer {
  /** Origin of the server's address, without a path. */
  readonly origin: string;
  readonly port: number;
  readonly pid: number;
  /**
   * Secret stored in the data folder. It is sent to this machine and nowhere else. Undefined: this user may not read
   * it.
   */
  readonly localToken: string | undefined;
}

/** Resolves a host name to its addresses. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Inputs of the checks. A test replaces one of them to simulate a fault. */
export interface DoctorContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly dataDir: string;
  readonly env: Environment;
  readonly configuration: Configuration;
  /** The configuration, or the defaults if it was rejected. */
  readonly config: Config;
  /** Version of this package. */
  readonly version: string;
  /** OTA address to try as a device. Undefined: the configured address, or that of the running server. */
  readonly url: string | undefined;
  readonly server: LocalServer | undefined;
  readonly readText: ReadText;
  /** Reads every byte of every model of the catalogue. Later calls return the first result. */
  readonly models: () => Promise<readonly ModelInspection[]>;
  readonly resolve: Resolve;
  readonly fetch: typeof fetch;
  /** The kernel's log. Undefined: this user may not read it. */
  readonly kernelLog: () => Promise<string | undefined>;
  /** PEM of certificate authorities that replace the well-known ones; for tests. */
  readonly authorities?: string;
  /** Native packages, each with the folder from which it is loaded; default: those of Chorus. */
  readonly packages?: readonly { readonly name: string; readonly from: string }[];
  /** Module from which the speech library is loaded. Default: the engine's module. */
  readonly speechFrom?: string;
}
