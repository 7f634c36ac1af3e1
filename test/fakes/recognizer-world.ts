import { ChorusError, noMetrics, Scope, silentLogger, type ErrorCode } from '../../src/core/index.js';
import { FakeClock } from './fake-clock.js';
import { createSlots, type Slots } from '../../src/capacity/index.js';
import { CATALOGUE, type EngineStatus, type InstalledModel, type ModelProgress } from '../../src/engines/index.js';
import type { AsrEngine } from '../../src/speech/recognition/held-engine.js';
import { createRecognizer } from '../../src/speech/recognition/recognizer.js';
import type { RecognizerOptions } from '../../src/speech/recognition/recognizer-settings.js';
import type { SharedRecognizer } from '../../src/speech/recognition/shared-recognizer.js';

export class FakeModels implements Pick<
  RecognizerOptions['models'],
  'installed' | 'progressOf' | 'ensure' | 'onChange'
> {
  readonly catalogue = CATALOGUE;
  readonly here = new Set<string>(['moonshine-tiny-en']);
  readonly wanted: string[] = [];
  unreachable: ErrorCode | undefined;
  readonly #listeners = new Set<(progress: ModelProgress) => void>();

  installed(id: string): InstalledModel | undefined {
    const model = CATALOGUE.find((entry) => entry.id === id);
    return model && this.here.has(id) ? { model, directory: '/models', files: [] } : undefined;
  }

  progressOf(id: string): ModelProgress {
    if (this.unreachable)
      return {
        id,
        state: 'waiting',
        receivedBytes: 0,
        totalBytes: undefined,
        fraction: undefined,
        mirror: undefined,
        reason: 'no mirror answers',
        code: this.unreachable,
      };
    return {
      id,
      state: this.here.has(id) ? 'installed' : 'downloading',
      receivedBytes: 43,
      totalBytes: 100,
      fraction: 0.43,
      mirror: 'x',
      reason: undefined,
    };
  }

  ensure(id: string): void {
    this.wanted.push(id);
  }

  onChange(listener: (progress: ModelProgress) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  arrives(id: string): void {
    this.here.add(id);
    for (const listener of this.#listeners) listener(this.progressOf(id));
  }
}

export class FakeEngine implements AsrEngine {
  state: EngineStatus['state'] = 'ready';
  starts = 0;
  answer: () => Promise<string> = () => Promise.resolve(`text of ${this.id}`);
  readonly provider: AsrEngine['provider'];

  constructor(readonly id: string) {
    this.provider = {
      id,
      languages: ['*'],
      local: true,
      punctuationMeansEnd: id.startsWith('moonshine'),
      predictMs: (audioMs) => audioMs / 20,
      transcribe: async () => ({ text: await this.answer(), runMs: 7 }),
    };
  }

  start(): Promise<void> {
    this.starts += 1;
    return this.state === 'failed' ? Promise.reject(new ChorusError('model.corrupt', 'damaged')) : Promise.resolve();
  }

  status(): EngineStatus {
    return { name: 'asr', state: this.state, pid: 1, restarts: 0, reason: undefined };
  }
}

export const signal = new AbortController().signal;
export const request = (language: string, deadlineMs: number | undefined = 1_000) => ({
  deviceId: 'd',
  pcm: new Int16Array(16_000),
  language,
  deadlineMs,
});

/** A recogniser with its models, engines and slots, and with a clock that the test advances. */
export class RecognizerWorld {
  readonly clock = new FakeClock();
  readonly models = new FakeModels();
  readonly engines = new Map<string, FakeEngine>();
  slots: Slots = createSlots({ clock: this.clock, metrics: noMetrics, slots: 2 });
  readonly errors: unknown[] = [];
  scope = new Scope('test', (_, error) => this.errors.push(error));

  make(options: Partial<RecognizerOptions> = {}): SharedRecognizer {
    return createRecognizer({
      models: this.models,
      slots: this.slots,
      poolSize: 2,
      model: 'auto',
      corrections: {},
      autoPull: true,
      clock: this.clock,
      log: silentLogger,
      metrics: noMetrics,
      scope: this.scope,
      openEngine: ({ model }) => {
        const engine = this.engines.get(model.id) ?? new FakeEngine(model.id);
        this.engines.set(model.id, engine);
        return engine;
      },
      ...options,
    });
  }
}
