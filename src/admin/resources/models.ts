import { ChorusError, describeError, type LanguageTag, type UiLanguage } from '../../core/index.js';
import type { CatalogueModel, ModelProgress, ModelStore } from '../../engines/index.js';
import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import type { ModelView } from '../schemas.js';

/** What the models of the page are taken from. */
export interface ModelsContext {
  readonly models: ModelStore;
  readonly recognizer: { modelFor(language: LanguageTag): string | undefined };
  readonly voices: { names(): readonly string[] };
}

export interface ModelControl {
  list(language: UiLanguage): readonly ModelView[];
  /** Begins to fetch it in the background. Error: `model.unknown`. */
  pull(id: string, language: UiLanguage): ModelView;
}

export function registerModelRoutes(api: AdminApi, models: ModelControl): void {
  api.on(ADMIN_API.listModels, ({ language }) => ({ models: [...models.list(language)] }));
  api.on(ADMIN_API.pullModel, ({ params, language }) => ({ model: models.pull(params.id, language) }));
}

/** Models as the page shows and fetches them. */
export function createModelControl(context: ModelsContext): ModelControl {
  const { models, recognizer } = context;
  const used = (id: string): boolean =>
    recognizer.modelFor('en-US') === id || recognizer.modelFor('zh-CN') === id || context.voices.names().includes(id);
  const view = (model: CatalogueModel, language: UiLanguage): ModelView =>
    modelView(model, models.progressOf(model.id), used(model.id), language);
  return {
    list: (language) =>
      models.catalogue
        .filter(({ id, hidden }) => hidden !== true || models.installed(id) !== undefined)
        .map((model) => view(model, language)),
    pull(id, language) {
      const model = models.catalogue.find((one) => one.id === id);
      if (!model || model.source.type === 'made') {
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

function modelView(
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
