import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noMetrics, Scope, silentLogger, systemClock } from '../../src/core/index.js';
import {
  type CatalogueModel,
  createModelStore,
  type InstalledModel,
  type ModelStore,
} from '../../src/engines/index.js';

/** Everything that tests with real engine processes need, including cleaning up. */
export interface EngineRoom {
  readonly directory: string;
  readonly scope: Scope;
  readonly errors: unknown[];
  readonly base: {
    readonly clock: typeof systemClock;
    readonly log: typeof silentLogger;
    readonly metrics: typeof noMetrics;
    readonly scope: Scope;
  };
  store(options?: Partial<Parameters<typeof createModelStore>[0]>): Promise<ModelStore>;
  /** Installs a model from files, as `pull --file FOLDER` does. */
  install(model: CatalogueModel, files: Readonly<Record<string, string | Uint8Array>>): Promise<InstalledModel>;
  close(): Promise<void>;
}

/** Opens an engine room in the given folder, or in a new one. */
export async function engineRoom(given?: string): Promise<EngineRoom> {
  const directory = given ?? (await mkdtemp(join(tmpdir(), 'chorus-engines-')));
  const errors: unknown[] = [];
  const scope = new Scope('test', (name, error) => errors.push([name, error]));
  const base = { clock: systemClock, log: silentLogger, metrics: noMetrics, scope };
  const store: EngineRoom['store'] = (options = {}) =>
    createModelStore({ directory: join(directory, 'models'), locale: 'world', mirrors: [], ...base, ...options });
  return {
    directory,
    scope,
    errors,
    base,
    store,
    async install(model, files) {
      const folder = join(directory, 'source', model.id);
      mkdirSync(folder, { recursive: true });
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
      return (await store({ catalogue: [model] })).pull(model.id, { file: folder });
    },
    async close() {
      await scope.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
