import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import {
  describeMistake,
  loadConfig,
  type LoadedConfig,
  type LoadOptions,
  type RejectedConfig,
} from '../../src/config/index.js';

/** The data folder of the current test. */
export let dataDir = '';

/** Makes a data folder for each test of the file. Call this once, at the top of the file. */
export function useDataFolder(): void {
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'chorus-config-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));
}

export async function load(
  yaml: string | undefined,
  more: Partial<LoadOptions> = {},
): Promise<LoadedConfig | RejectedConfig> {
  if (yaml !== undefined) await writeFile(join(dataDir, 'config.yaml'), yaml);
  return loadConfig({ dataDir, env: {}, ...more });
}

export async function accepted(yaml: string | undefined, more: Partial<LoadOptions> = {}): Promise<LoadedConfig> {
  const result = await load(yaml, more);
  if (!result.ok) throw new Error(result.mistakes.map((mistake) => describeMistake(mistake, 'en')).join('\n'));
  return result;
}

/** Loads a configuration that has mistakes. Returns them as they are printed, without the file's folder. */
export async function mistakes(yaml: string | undefined, more: Partial<LoadOptions> = {}): Promise<string[]> {
  const result = await load(yaml, more);
  return result.ok
    ? []
    : result.mistakes.map((mistake) => describeMistake(mistake, 'en').replaceAll(`${dataDir}/`, ''));
}
