import type { Config } from './schema.js';
import type { Clock, HttpClient, Logger, Metrics, Scope } from '../core/index.js';
import type { LiveConfig } from './live-config.js';

export interface Foundation {
  /** The configuration with which the server started. */
  readonly config: Config;
  /** For keys that may change while the server runs. */
  readonly live: LiveConfig;
  readonly dataDir: string;
  readonly root: Scope;
  /** For services that are called during a turn. */
  readonly http: HttpClient;
  readonly common: { readonly clock: Clock; readonly log: Logger; readonly metrics: Metrics };
}
