import type { Config } from './schema.js';
import type { Clock, HttpClient, Logger, Metrics, Scope } from '../core/index.js';
import type { LiveConfig } from './live-config.js';

/** What every part of the server depends on. */
export interface Foundation {
  /** The configuration with which the server started. */
  readonly config: Config;
  /** The current configuration, for keys that may change while the server runs. */
  readonly live: LiveConfig;
  readonly dataDir: string;
  /** The scope of the whole server. When it closes, everything ends. */
  readonly root: Scope;
  /** HTTP client for services that are called during a turn. */
  readonly http: HttpClient;
  readonly common: { readonly clock: Clock; readonly log: Logger; readonly metrics: Metrics };
}
