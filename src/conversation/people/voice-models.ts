import { LISTEN_SAMPLES_PER_MS } from '../../audio/format.js';
import { ChorusError } from '../../core/index.js';
import {
  CHILD_NICENESS,
  createSherpaEngine,
  findModel,
  LearnedCost,
  type ModelStore,
  type SpeakerAnswer,
  type SpeakerCall,
  type SupervisedChild,
} from '../../engines/index.js';
import type { SlotPoolControl } from '../../capacity/index.js';
import type { Foundation } from '../../config/index.js';
import { peopleWords } from './words.js';

const TYPICAL_AUDIO_MS = 3_000;
/** Longest wait for a speaker's name. A later name helps neither this turn nor the next. */
const WITHIN_MS = 5_000;

/**
 * Computes the vector of a voice in 16 kHz mono. Rejects with `model.*`, `engine.*`, `capacity.*` or the signal's
 * reason.
 */
export type Embed = (pcm: Int16Array, signal: AbortSignal) => Promise<Float32Array>;

export interface VoiceModelParts {
  readonly slots: SlotPoolControl;
  readonly threads: number;
  readonly models: Pick<ModelStore, 'installed' | 'ensure'>;
}

/** The models that tell voices apart. Each runs in its own engine process, which starts at the first use. */
export function createVoiceModels(
  { live, root, common }: Foundation,
  { models, slots, threads }: VoiceModelParts,
): (modelId: string) => Embed {
  const engines = new Map<string, SupervisedChild>();
  const open = (modelId: string): SupervisedChild => {
    const running = engines.get(modelId);
    if (running) return running;
    const installed = models.installed(modelId);
    if (!installed) {
      if (live.current.models.auto_pull) models.ensure(modelId);
      throw new ChorusError('model.missing', peopleWords.notInstalled(modelId));
    }
    const scope = root.child(`voice model ${modelId}`);
    const engine = createSherpaEngine({ installed, slots: 1, threads, niceness: CHILD_NICENESS, ...common, scope });
    engines.set(modelId, engine);
    scope.fork(`start ${modelId}`, () =>
      engine.start().catch((error: unknown) => {
        if (!scope.closed)
          common.log.error('a model of voices cannot be loaded', {
            problem: 'people.model_unloadable',
            model: modelId,
            error,
          });
      }),
    );
    return engine;
  };
  return (modelId) => {
    const model = findModel(modelId);
    const cost = new LearnedCost({
      overheadMs: model?.kind === 'speaker' ? model.cost.overheadMs : 0,
      msPerUnit: model?.kind === 'speaker' ? model.cost.msPerAudioSecond / 1_000 : 0,
      typicalUnits: TYPICAL_AUDIO_MS,
    });
    return async (pcm, signal) => {
      const engine = open(modelId);
      const audioMs = pcm.length / LISTEN_SAMPLES_PER_MS;
      const predictedMs = cost.predictMs(audioMs);
      // Most turns do not wait for a name, so work for which a device waits goes first.
      const job = {
        kind: 'asr',
        deviceId: modelId,
        background: true,
        predictedMs,
        pool: { id: modelId, size: 1 },
      } as const;
      const deadlineMs = common.clock.nowMs() + WITHIN_MS;
      const { vector, runMs } = await slots.run({ ...job, deadlineMs }, signal, (inner) =>
        engine.call<SpeakerAnswer>({ pcm } satisfies SpeakerCall, { predictedMs, signal: inner, waitOnCancel: true }),
      );
      cost.observe(audioMs, runMs);
      return vector;
    };
  };
}
