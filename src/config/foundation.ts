import type { Config } from './schema.js';
import type { Clock, HttpClient, Logger, Metrics, Scope } from '../core/index.js';
import type { LiveConfig } from './live-config.js';

/** Dependencies of every part of the server. */
export interface Foundation {
  /** The configuration at the start. */
  readonly config: Config;
  /** The current configuration, for keys that may change while the server runs. */
  readonly live: LiveConfig;
  readonly dataDir: string;
  /** The scope of the whole server; everything ends with it. */
  readonly root: Scope;
  /** HTTP client for services that are called during a turn. */
  readonly http: HttpClient;
  readonly common: { readonly clock: Clock; readonly log: Logger; readonly metrics: Metrics };
}
