import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { join } from 'node:path';
import { configSchema, type Environment } from '../../config/index.js';
import type { Clock } from '../../core/index.js';
import { readTextFile } from '../../platform/machine/index.js';
import { CATALOGUE, inspectModel, type ModelInspection } from '../../engines/index.js';
import type { Configuration, DoctorContext, LocalServer } from './check.js';

export interface ContextOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly dataDir: string;
  readonly env: Environment;
  readonly configuration: Configuration;
  readonly version: string;
  readonly url: string | undefined;
  readonly server: LocalServer | undefined;
}

export function doctorContext(options: ContextOptions): DoctorContext {
  const { configuration, dataDir, signal } = options;
  let models: Promise<readonly ModelInspection[]> | undefined;
  return {
    ...options,
    config: configuration.ok ? configuration.config : configSchema.parse({}),
    readText: readTextFile,
    resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
    models: () => (models ??= inspectAll(dataDir, signal)),
    fetch,
    kernelLog,
  };
}

async function inspectAll(dataDir: string, signal: AbortSignal): Promise<readonly ModelInspection[]> {
  const inspections: ModelInspection[] = [];
  for (const model of CATALOGUE) inspections.push(await inspectModel(join(dataDir, 'models'), model, signal));
  return inspections;
}

const KERNEL_LOG_MAX_CHARS = 1_000_000;

/** On many systems only root may read the kernel log. */
function kernelLog(): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const child = spawn('dmesg', { stdio: ['ignore', 'pipe', 'ignore'], timeout: 5000 });
    child.stdout
      .setEncoding('utf8')
      .on('data', (chunk: string) => (text = (text + chunk).slice(-KERNEL_LOG_MAX_CHARS)));
    child.once('error', () => resolve(undefined));
    child.once('close', (code) => resolve(code === 0 ? text : undefined));
  });
}
