import type { Config } from '../config/index.js';
import type { Clock, Logger, Metrics, Scope } from '../core/index.js';

/** What every part of the server is built with. */
export interface Foundation {
  readonly config: Config;
  readonly dataDir: string;
  /** Of the whole server: everything dies with it. */
  readonly root: Scope;
  readonly common: { readonly clock: Clock; readonly log: Logger; readonly metrics: Metrics };
}
