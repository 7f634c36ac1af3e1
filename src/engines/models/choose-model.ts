import { type LanguageTag, primarySubtag } from '../../core/index.js';
import type { CatalogueModel } from './catalogue.js';

export interface Choice<M> {
  /** Installed models that serve the language, best first. */
  readonly usable: readonly M[];
  /** Model to download, because no installed model serves the language. */
  readonly wanted: M | undefined;
}

export function speaks(model: Pick<CatalogueModel, 'languages'>, language: LanguageTag): boolean {
  return model.languages.includes('*') || model.languages.includes(primarySubtag(language));
}

/**
 * Chooses among the models of one kind (recognition or voice) for a device's language. If no installed model is for
 * this language but the catalogue has one to download, the device waits for that model. A Chinese device therefore
 * never gets answers from the English model. Devices of other languages get the best installed model. Pure.
 */
export function chooseModels<M extends CatalogueModel>(
  models: readonly M[],
  language: LanguageTag,
  isInstalled: (model: M) => boolean,
  preferredId?: string,
): Choice<M> {
  const ranked = models
    .filter((model) => model.hidden !== true || model.id === preferredId)
    .sort((a, b) => b.rank - a.rank);
  const own = ranked.filter((model) => model.languages.includes(primarySubtag(language)));
  const any = ranked.filter((model) => model.languages.includes('*'));
  const preferred = ranked.find((model) => model.id === preferredId);
  // A configured model serves its own languages, and also languages for which the catalogue has no model.
  if (preferred && (speaks(preferred, language) || own.length === 0)) {
    const others = [...own, ...any].filter((model) => model !== preferred && isInstalled(model));
    return isInstalled(preferred)
      ? { usable: [preferred, ...others], wanted: undefined }
      : { usable: others, wanted: preferred };
  }
  if (own.some(isInstalled)) return { usable: [...own, ...any].filter(isInstalled), wanted: undefined };
  const wanted = own.find((model) => model.auto);
  if (wanted || isChinese(language)) return { usable: [], wanted };
  return { usable: [...any, ...ranked.filter((model) => !any.includes(model))].filter(isInstalled), wanted: undefined };
}

/**
 * Returns the class of a language: its primary subtag, or `und` if no model lists that. {@link chooseModels} makes the
 * same choice for all languages of a class. Callers can therefore keep one result per class, and the number of classes
 * is limited by the models, not by the tags that devices send. Pure.
 */
export function languageClass(
  models: readonly Pick<CatalogueModel, 'languages'>[],
  language: LanguageTag,
): LanguageTag {
  const primary = primarySubtag(language);
  return isChinese(language) || models.some(({ languages }) => languages.includes(primary)) ? primary : 'und';
}

const isChinese = (language: LanguageTag): boolean => ['zh', 'yue'].includes(primarySubtag(language));
