import { ChorusError, describeError, type UiLanguage } from '../../core/index.js';
import type { ModelControl, ModelView } from '../../http/index.js';
import type { CatalogueModel, ModelProgress } from '../../engines/index.js';
import type { Speech } from '../speech.js';

/** Models as the page shows and fetches them. */
export function composeModels(speech: Speech): ModelControl {
  const { models, recognizer } = speech;
  const used = (id: string): boolean =>
    recognizer.modelFor('en-US') === id || recognizer.modelFor('zh-CN') === id || speech.voices.names().includes(id);
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
