import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import { CHILD_NICENESS } from '../processes/child-options.js';
import { SupervisedChild } from '../processes/supervisor.js';
import { childEntry } from '../processes/spawn.js';
import type { CatalogueModel } from '../models/catalogue.js';
import type { InstalledModel } from '../models/store-port.js';
import type { SherpaInit } from './sherpa-protocol.js';

export interface SherpaEngineOptions {
  readonly installed: InstalledModel;
  /** Number of concurrent jobs, equal to the number of CPU slots. */
  readonly slots: number;
  /** The default is 1, because a second thread is useless if jobs overlap. Slots times threads must fit the cores. */
  readonly threads?: number;
  /** The default is {@link CHILD_NICENESS}. */
  readonly niceness?: number;
  /** The default is 120 s, because a small board may have to read a large model from an SD card. */
  readonly startTimeoutMs?: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  onEvent?(event: unknown): void;
}

const DEFAULT_START_TIMEOUT_MS = 120_000;

/** Creates the child process for one local model, without starting it. */
export function createSherpaEngine(options: SherpaEngineOptions): SupervisedChild {
  const { installed, clock, log, metrics, scope } = options;
  const { model } = installed;
  const { directory, files } = installed;
  const common = {
    modelId: model.id,
    threads: options.threads ?? 1,
    directory,
    files,
  };
  const init: SherpaInit = initOf(model, common);
  return new SupervisedChild({
    name: model.kind,
    entry: childEntry(import.meta.url, 'sherpa-child'),
    // Inference runs in libuv's thread pool. The size of the pool limits the number of jobs in native code.
    env: { UV_THREADPOOL_SIZE: String(options.slots) },
    niceness: options.niceness ?? CHILD_NICENESS,
    clock,
    log: log.child({ model: model.id }),
    metrics,
    scope,
    startTimeoutMs: options.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS,
    init,
    onEvent: (event) => options.onEvent?.(event),
  });
}

function initOf(model: CatalogueModel, common: Omit<SherpaInit, 'kind' | 'spec'>): SherpaInit {
  switch (model.kind) {
    case 'asr':
      return { ...common, kind: 'asr', spec: model.spec };
    case 'tts':
      return { ...common, kind: 'tts', spec: model.spec };
    case 'speaker':
      return { ...common, kind: 'speaker', spec: model.spec };
    default:
      throw new TypeError('voice activity detection has its own process');
  }
}
