import type { DatabasePlace } from '../platform/store/index.js';
import type { Config } from './schema.js';

export function databasePlace({ store }: Config, dataDir: string): DatabasePlace {
  return { dataDir, file: store.file, url: store.url };
}
