import { primarySubtag, type LanguageTag } from '../../../core/index.js';

/** Languages whose espeak voice does not have the language's own subtag. */
const RENAMED: Readonly<Record<string, string>> = { zh: 'cmn', en: 'en-us', no: 'nb', iw: 'he', in: 'id', pt: 'pt-br' };
const REGIONAL: Readonly<Record<string, string>> = {
  'zh-hk': 'yue',
  'zh-mo': 'yue',
  'zh-yue': 'yue',
  'yue-hk': 'yue',
  'yue-cn': 'yue',
  'en-gb': 'en',
  'pt-pt': 'pt',
  'es-mx': 'es-419',
  'es-ar': 'es-419',
  'fr-be': 'fr-be',
  'fr-ch': 'fr-ch',
};

export function espeakVoice(language: LanguageTag): string {
  const tag = language.trim().toLowerCase().replaceAll('_', '-');
  const primary = primarySubtag(language);
  return REGIONAL[tag] ?? RENAMED[primary] ?? primary;
}
