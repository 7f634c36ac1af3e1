import { type LanguageTag, primarySubtag } from '../../core/index.js';
import type { CatalogueModel } from './catalogue.js';

export interface Choice<M> {
  /** Best first. */
  readonly usable: readonly M[];
  /** The model to download: the configured one, or one for a language for which none is installed. */
  readonly wanted: M | undefined;
}

export function speaks(model: Pick<CatalogueModel, 'languages'>, language: LanguageTag): boolean {
  return model.languages.includes('*') || model.languages.includes(primarySubtag(language));
}

/**
 * Chooses among the models of one kind for a device's language. If none is installed for the language, the device waits
 * for a download. If there is none to download either, any installed model serves, but never for Chinese.
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
  // A configured model also serves languages for which the catalogue has no model.
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
 * Returns the primary subtag of a language, or `und` if no model lists the subtag and the language is not Chinese.
 * Languages with the same result get the same models, so callers can keep one choice per result.
 */
export function languageClass(
  models: readonly Pick<CatalogueModel, 'languages'>[],
  language: LanguageTag,
): LanguageTag {
  const primary = primarySubtag(language);
  return isChinese(language) || models.some(({ languages }) => languages.includes(primary)) ? primary : 'und';
}

const isChinese = (language: LanguageTag): boolean => ['zh', 'yue'].includes(primarySubtag(language));
