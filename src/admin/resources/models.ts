import { z } from 'zod';
import { ChorusError, describeError, type LanguageTag, type UiLanguage } from '../../core/index.js';
import type { CatalogueModel, ModelProgress, ModelStore } from '../../engines/index.js';
import type { AdminApi, Routes } from '../api.js';
import { bilingual, idParameter } from '../shapes.js';

export const modelView = z.object({
  id: z.string(),
  kind: z.string().meta({ examples: ['asr', 'tts', 'vad'] }),
  languages: z.array(z.string()),
  about: bilingual,
  licence: z.string(),
  downloadBytes: z.number().meta({ description: '0: comes with Chorus.' }),
  state: z
    .enum(['installed', 'missing', 'downloading', 'checking', 'unpacking', 'waiting'])
    .meta({ description: 'waiting: an attempt failed and the next comes later, or another process is pulling it.' }),
  receivedBytes: z.number(),
  totalBytes: z.number().optional(),
  percent: z.number().optional().meta({ description: '0 to 100; left out while the total is not known.' }),
  mirror: z.string().optional(),
  code: z.string().optional().meta({ description: 'Why it waits: a row of docs/errors.md.' }),
  reason: z.string().optional().meta({ description: 'The same in words, in the language of the request.' }),
  used: z.boolean().meta({ description: 'It recognises or speaks now.' }),
});
export type ModelView = z.output<typeof modelView>;

export const modelsAnswer = z.object({ models: z.array(modelView) });
export const pullAnswer = z.object({ model: modelView });

export const modelRoutes = {
  listModels: {
    method: 'GET',
    path: '/models',
    summary: 'Models of recognition and voices, and how far downloads are.',
    answer: modelsAnswer,
  },
  pullModel: {
    method: 'POST',
    path: '/models/:id/pull',
    summary: 'Fetches a model in the background.',
    params: idParameter,
    answer: pullAnswer,
    status: 202,
  },
} as const satisfies Routes;

export interface ModelsContext {
  readonly models: ModelStore;
  readonly recognizer: { modelFor(language: LanguageTag): string | undefined };
  readonly voices: { names(): readonly string[] };
}

export interface ModelControl {
  list(language: UiLanguage): readonly ModelView[];
  /** Downloads the model in the background. Error: `model.unknown`. */
  pull(id: string, language: UiLanguage): ModelView;
}

export function registerModelRoutes(api: AdminApi, models: ModelControl): void {
  api.on(modelRoutes.listModels, ({ language }) => ({ models: [...models.list(language)] }));
  api.on(modelRoutes.pullModel, ({ params, language }) => ({ model: models.pull(params.id, language) }));
}

export function createModelControl(context: ModelsContext): ModelControl {
  const { models, recognizer } = context;
  const used = (id: string): boolean =>
    recognizer.modelFor('en-US') === id || recognizer.modelFor('zh-CN') === id || context.voices.names().includes(id);
  const view = (model: CatalogueModel, language: UiLanguage): ModelView =>
    viewOfModel(model, models.progressOf(model.id), used(model.id), language);
  return {
    list: (language) =>
      models.catalogue
        .filter(({ id, hidden }) => hidden !== true || models.installed(id) !== undefined)
        .map((model) => view(model, language)),
    pull(id, language) {
      const model = models.catalogue.find((one) => one.id === id);
      if (!model || model.source.type === 'made' || model.source.type === 'folder') {
        throw new ChorusError('model.unknown', `no model ${id} can be fetched`, {
          details: {
            id,
            known: models.catalogue
              .filter(({ hidden }) => hidden !== true)
              .map((one) => one.id)
              .join(', '),
          },
        });
      }
      models.ensure(id);
      return view(model, language);
    },
  };
}

function viewOfModel(
  { id, kind, languages, about, licence, downloadBytes }: CatalogueModel,
  progress: ModelProgress,
  used: boolean,
  language: UiLanguage,
): ModelView {
  const { state, receivedBytes, totalBytes, fraction, mirror, reason, code } = progress;
  return {
    id,
    kind,
    languages: [...languages],
    about,
    licence,
    downloadBytes,
    state,
    receivedBytes,
    totalBytes,
    mirror,
    used,
    code,
    ...(fraction !== undefined && { percent: Math.floor(fraction * 100) }),
    ...(code === undefined
      ? reason !== undefined && { reason }
      : { reason: describeError(new ChorusError(code, reason ?? code, { details: { id } }), language) }),
  };
}
