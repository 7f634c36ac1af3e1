import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ChorusError, type Clock, noMetrics, type Scope, silentLogger } from '../../core/index.js';
import { chooseModels, createModelStore } from '../../engines/index.js';
import { COST_MODEL, writeCostModel } from './cost-model/index.js';
import type { AsrChoice } from './options.js';

export interface AsrPreparation {
  readonly choice: AsrChoice;
  /** Settings of the run (`--set`). An `asr.model` among them wins over `choice`. */
  readonly settings?: readonly string[];
  readonly modelsDir: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress?: (writtenBytes: number, totalBytes: number) => void;
}

export interface PreparedAsr {
  readonly model: string;
  /** False if the model's text is meaningless. In this case, word errors are not judged. */
  readonly understands: boolean;
}

/** {@link COST_MODEL} has the same CPU cost as this published model. */
const SENSE_VOICE = 'sense-voice-int8';
const MODEL_SETTING = 'asr.model=';

/** Chooses the model of a run. Writes the cost model if it is wanted and the real SenseVoice is not installed. */
export async function prepareAsr({
  choice,
  settings = [],
  modelsDir,
  clock,
  signal,
  onProgress,
}: AsrPreparation): Promise<PreparedAsr> {
  const model = settings.findLast((setting) => setting.startsWith(MODEL_SETTING))?.slice(MODEL_SETTING.length);
  if (model !== undefined) return { model, understands: model !== COST_MODEL };
  if (choice === 'installed') return { model: 'auto', understands: true };
  if (choice !== COST_MODEL) return { model: choice, understands: true };
  // A model's folder exists only once the model is complete.
  const real = await access(join(modelsDir, SENSE_VOICE)).then(
    () => true,
    () => false,
  );
  if (real) return { model: SENSE_VOICE, understands: true };
  await writeCostModel(modelsDir, { clock, signal, ...(onProgress && { onProgress }) });
  return { model: COST_MODEL, understands: false };
}

/** The model that a server uses for a language by default. Error: `model.not_installed`. */
export async function installedModelFor(
  language: string,
  modelsDir: string,
  { clock, scope }: { readonly clock: Clock; readonly scope: Scope },
): Promise<string> {
  const store = await createModelStore({
    directory: modelsDir,
    locale: 'world',
    mirrors: [],
    clock,
    scope,
    log: silentLogger,
    metrics: noMetrics,
  });
  const models = store.catalogue.filter((model) => model.kind === 'asr');
  const [first] = chooseModels(models, language, ({ id }) => store.installed(id) !== undefined).usable;
  if (!first) throw new ChorusError('model.not_installed', `no speech model for ${language} is installed`);
  return first.id;
}
