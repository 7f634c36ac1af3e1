import type { Config } from '../config/index.js';
import type { Clock, HttpClient, Logger, Metrics, Scope } from '../core/index.js';
import type { LiveConfig } from './live-config.js';

/** What every part of the server is built with. */
export interface Foundation {
  /** What the server was started with. */
  readonly config: Config;
  /** What is in force: for keys that are live. */
  readonly live: LiveConfig;
  readonly dataDir: string;
  /** Of the whole server: everything dies with it. */
  readonly root: Scope;
  /** For services that are asked in the midst of a turn. */
  readonly http: HttpClient;
  readonly common: { readonly clock: Clock; readonly log: Logger; readonly metrics: Metrics };
}
