import { primarySubtag, type LanguageTag } from '../../../core/index.js';

const BY_LANGUAGE: Readonly<Record<string, string>> = {
  zh: 'zh-CN-XiaoxiaoNeural',
  yue: 'zh-HK-HiuMaanNeural',
  en: 'en-US-AvaNeural',
  ja: 'ja-JP-NanamiNeural',
  ko: 'ko-KR-SunHiNeural',
  de: 'de-DE-KatjaNeural',
  fr: 'fr-FR-DeniseNeural',
  es: 'es-ES-ElviraNeural',
  it: 'it-IT-ElsaNeural',
  pt: 'pt-BR-FranciscaNeural',
  ru: 'ru-RU-SvetlanaNeural',
  uk: 'uk-UA-PolinaNeural',
  pl: 'pl-PL-ZofiaNeural',
  nl: 'nl-NL-ColetteNeural',
  sv: 'sv-SE-SofieNeural',
  nb: 'nb-NO-PernilleNeural',
  no: 'nb-NO-PernilleNeural',
  tr: 'tr-TR-EmelNeural',
  vi: 'vi-VN-HoaiMyNeural',
  th: 'th-TH-PremwadeeNeural',
  id: 'id-ID-GadisNeural',
  ms: 'ms-MY-YasminNeural',
  hi: 'hi-IN-SwaraNeural',
  ro: 'ro-RO-AlinaNeural',
  sk: 'sk-SK-ViktoriaNeural',
  he: 'he-IL-HilaNeural',
  my: 'my-MM-NilarNeural',
};

const BY_TAG: Readonly<Record<string, string>> = {
  'zh-hk': 'zh-HK-HiuMaanNeural',
  'zh-yue': 'zh-HK-HiuMaanNeural',
  'zh-tw': 'zh-TW-HsiaoChenNeural',
  'en-gb': 'en-GB-SoniaNeural',
  'en-au': 'en-AU-NatashaNeural',
  'pt-pt': 'pt-PT-RaquelNeural',
  'fr-ca': 'fr-CA-SylvieNeural',
  'de-at': 'de-AT-IngridNeural',
  'de-ch': 'de-CH-LeniNeural',
};

export const EDGE_LANGUAGES: readonly string[] = Object.keys(BY_LANGUAGE);

/** The requested voice is used only if its name has the form of the service's names. The last resort is English. */
export function edgeVoice(language: LanguageTag, wanted: string | undefined): string {
  if (wanted !== undefined && /^[a-z]{2,3}-[A-Z]{2}-[A-Za-z-]{1,40}Neural$/u.test(wanted)) return wanted;
  const tag = language.trim().toLowerCase().replaceAll('_', '-');
  return BY_TAG[tag] ?? BY_LANGUAGE[primarySubtag(language)] ?? 'en-US-AvaNeural';
}
