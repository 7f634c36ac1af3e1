import type { DatabasePlace } from '../platform/store/index.js';
import type { Config } from './schema.js';

/** Place of the database that the configuration selects. */
export function databasePlace({ store }: Config, dataDir: string): DatabasePlace {
  return { dataDir, file: store.file, url: store.url };
}
