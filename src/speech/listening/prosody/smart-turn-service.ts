import {
  type Clock,
  type LanguageTag,
  type Logger,
  type Metrics,
  type Scope,
  ChorusError,
  isCancelled,
  primarySubtag,
  withTimeout,
} from '../../../core/index.js';
import type { Slots } from '../../../capacity/index.js';
import {
  CHILD_NICENESS,
  childEntry,
  type EngineStatus,
  LearnedCost,
  type ModelStore,
  SupervisedChild,
  TURN_MODEL,
} from '../../../engines/index.js';
import type { Prosody, ProsodyModel } from '../endpointing/prosody-port.js';
import { WINDOW_SAMPLES } from './log-mel.js';
import type { TurnAnswer, TurnCall, TurnInit } from './turn-protocol.js';

export interface SmartTurnOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly models: Pick<ModelStore, 'installed'>;
  readonly slots: Slots;
  /** True unless `vad.smart_turn` is `off`. */
  readonly enabled: () => boolean;
  /** True if the load is below `vad.smart_turn_load`. */
  readonly mayAsk: () => boolean;
  /** Replaced in tests. */
  readonly entry?: ReturnType<typeof childEntry>;
}

export interface SmartTurnService extends ProsodyModel {
  /** Empty until the process is first needed. */
  statuses(): readonly EngineStatus[];
}

/** The model's answer, or why there is none. The values are labels of a metric. */
type Result = Prosody | 'unavailable' | 'load' | 'busy' | 'slow' | 'failed';

const isProsody = (result: Result): result is Prosody =>
  result === 'complete' || result === 'incomplete' || result === 'broken_off';

const TIMEOUT_MS = 250;
const START_TIMEOUT_MS = 30_000;
/** Time for the features of three seconds and one run of the model, on one thread of a Zen 5. */
const FIRST_GUESS_MS = 56;
/**
 * Below this probability, a turn sounds incomplete. The model is published with 0.5. With 0.6, 62 of 329 hesitant
 * utterances are cut off instead of 65, and the median wait is unchanged (docs/adr/0034-end-of-turn.md).
 */
const INCOMPLETE_BELOW = 0.6;
const BROKEN_OFF_BELOW = 0.2;

export function prosodyOf(probability: number): Prosody {
  if (probability < BROKEN_OFF_BELOW) return 'broken_off';
  return probability < INCOMPLETE_BELOW ? 'incomplete' : 'complete';
}

/** Creates the service of the smart-turn v3 model. Its process starts when it is first needed. */
export function createSmartTurn(options: SmartTurnOptions): SmartTurnService {
  return new SmartTurnProcess(options);
}

class SmartTurnProcess implements SmartTurnService {
  #child: SupervisedChild | undefined;
  readonly #cost = new LearnedCost({ overheadMs: FIRST_GUESS_MS, msPerUnit: 0, typicalUnits: 1 });

  constructor(private readonly options: SmartTurnOptions) {}

  prepare(language: LanguageTag): boolean {
    const { models, enabled, scope } = this.options;
    if (!enabled() || scope.closed) return false;
    const installed = models.installed(TURN_MODEL);
    if (!installed?.model.languages.includes(primarySubtag(language))) return false;
    const [file] = installed.files;
    if (file) this.#child ??= this.#start({ file });
    return file !== undefined;
  }

  async judge(pcm: Int16Array, signal: AbortSignal): Promise<Prosody | undefined> {
    const result = await this.#ask(pcm, signal);
    signal.throwIfAborted();
    this.options.metrics.count('chorus_turn_prosody_total', { result });
    return isProsody(result) ? result : undefined;
  }

  statuses(): readonly EngineStatus[] {
    return this.#child ? [this.#child.status()] : [];
  }

  async #ask(pcm: Int16Array, parent: AbortSignal): Promise<Result> {
    const { clock, enabled, mayAsk } = this.options;
    const child = this.#child;
    if (!enabled() || child?.status().state !== 'ready') return 'unavailable';
    if (!mayAsk()) return 'load';
    let late = false;
    const onTimeout = (): Error => {
      late = true;
      return new ChorusError('engine.job_failed', 'the verdict comes too late');
    };
    try {
      return await withTimeout(clock, TIMEOUT_MS, parent, onTimeout, (signal) =>
        this.#run(child, pcm.slice(-WINDOW_SAMPLES), signal),
      );
    } catch (error) {
      if (late) return 'slow';
      return isCancelled(error) ? 'busy' : 'failed';
    }
  }

  /** Runs the model only if a slot is idle. Of several slots, one stays free for devices that wait for their text. */
  async #run(child: SupervisedChild, pcm: Int16Array, signal: AbortSignal): Promise<Prosody> {
    const predictedMs = this.#cost.predictMs(1);
    const job = { kind: 'asr', deviceId: TURN_MODEL, deadlineMs: undefined, background: true, predictedMs } as const;
    const { probability, runMs } = await this.options.slots.run(job, signal, (inner) =>
      child.call<TurnAnswer>({ pcm } satisfies TurnCall, {
        predictedMs,
        signal: inner,
        waitOnCancel: true,
        retryOnCrash: false,
      }),
    );
    this.#cost.observe(1, runMs);
    return prosodyOf(probability);
  }

  #start(init: TurnInit): SupervisedChild {
    const { scope: parent, clock, log, metrics, entry } = this.options;
    const scope = parent.child('smart-turn');
    const child = new SupervisedChild({
      name: 'turn',
      entry: entry ?? childEntry(import.meta.url, 'turn-child'),
      env: { UV_THREADPOOL_SIZE: '1' },
      niceness: CHILD_NICENESS,
      clock,
      log,
      metrics,
      scope,
      startTimeoutMs: START_TIMEOUT_MS,
      init,
    });
    scope.fork('start smart-turn', () =>
      child.start().catch((error: unknown) => {
        if (!scope.closed)
          log.error('the model of the end of turns cannot be loaded', {
            problem: 'turn_model.unloadable',
            model: TURN_MODEL,
            error,
          });
      }),
    );
    return child;
  }
}
