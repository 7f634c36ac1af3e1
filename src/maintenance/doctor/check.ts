import type { Config, Environment, LoadedConfig, RejectedConfig } from '../../config/index.js';
import type { Clock, Text } from '../../core/index.js';
import type { ReadText } from '../../platform/machine/index.js';
import type { ModelInspection } from '../../engines/index.js';
import type { Issue, Finding } from './finding.js';

/** One thing the doctor looks at. A check that throws was not able to look, which the doctor says. */
export interface Check {
  readonly id: string;
  /** What it looks at, for the documentation. */
  readonly about: Text;
  /** `here`: this machine and its data folder. `there`: an address; runs even where only an address is given. */
  readonly where: 'here' | 'there';
  readonly issues: readonly Issue[];
  run(context: DoctorContext): Promise<readonly Finding[]>;
}

/** The configuration as far as it could be read. */
export type Configuration =
  | LoadedConfig
  | RejectedConfig
  | { readonly ok: false; readonly file: string; readonly unreadable: string };

/** A server of the data folder that runs on this machine. */
export interface LocalServer {
  /** Without a path. */
  readonly origin: string;
  readonly port: number;
  readonly pid: number;
  /** Secret of the data folder; sent to this machine only. Undefined: this user may not read it. */
  readonly localToken: string | undefined;
}

/** What a name resolves to. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Where the doctor looks. Everything that a test would plant a fault in can be put in its place. */
export interface DoctorContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly dataDir: string;
  readonly env: Environment;
  readonly configuration: Configuration;
  /** What is in force; defaults where it was rejected. */
  readonly config: Config;
  /** Version of this package. */
  readonly version: string;
  /** OTA address to be tried as a device; undefined: that of the configuration, or of the running server. */
  readonly url: string | undefined;
  readonly server: LocalServer | undefined;
  readonly readText: ReadText;
  /** Every model of the catalogue, every byte of it; read once. */
  readonly models: () => Promise<readonly ModelInspection[]>;
  readonly resolve: Resolve;
  readonly fetch: typeof fetch;
  /** The kernel's messages; undefined where this user may not read them. */
  readonly kernelLog: () => Promise<string | undefined>;
  /** PEM of certificate authorities that count, in place of the well-known ones; for tests. */
  readonly authorities?: string;
  /** Native packages, by the folder from which they are loaded; default: those of Chorus. */
  readonly packages?: readonly { readonly name: string; readonly from: string }[];
  /** A module that would load the speech library; default: the engine's. */
  readonly speechFrom?: string;
}
