import { uiLanguage, type Bilingual } from '../../core/index.js';
import { dialogueWords } from './words.js';

/** Prompt variables, written `{{name}}`. Some names are synonyms from the prompts of other servers. */
const NAMES = {
  name: 'name',
  assistant_name: 'name',
  language: 'language',
  device: 'device',
  place: 'place',
  local_address: 'place',
  time: 'time',
  current_time: 'time',
  date: 'time',
  today_date: 'time',
  weekday: 'time',
  today_weekday: 'time',
  person: 'person',
  memory: 'memory',
  weather: 'weather',
  weather_info: 'weather',
} as const;

type Variable = (typeof NAMES)[keyof typeof NAMES];

/**
 * This text replaces values that change with each turn. The values themselves are at the end of the prompt, so that a
 * provider's cache can reuse the beginning.
 */
const AT_THE_END: Readonly<Partial<Record<Variable, Bilingual>>> = dialogueWords.atTheEnd;

export interface StableValues {
  readonly name: string | undefined;
  readonly language: string;
  readonly device: string | undefined;
  readonly place: string | undefined;
  readonly weatherTool: string | undefined;
  /** True if the end of the prompt contains the weather. */
  readonly weatherAtEnd: boolean;
}

const VARIABLE = /\{\{\s*([a-z_]+)\s*\}\}/g;

export function namesWeather(template: string): boolean {
  return Array.from(template.matchAll(VARIABLE)).some(
    ([, name = '']) => Object.hasOwn(NAMES, name) && NAMES[name as keyof typeof NAMES] === 'weather',
  );
}

/** Unknown variables stay as they are. */
export function fillTemplate(template: string, values: StableValues, language: string): string {
  const words = uiLanguage(language);
  const unknown = dialogueWords.unknown[words];
  const valueOf = (variable: Variable): string => {
    const later = AT_THE_END[variable];
    if (later !== undefined) return later[words];
    if (variable !== 'weather') return values[variable as 'name'] ?? unknown;
    const { weatherTool, weatherAtEnd } = values;
    if (weatherAtEnd) return dialogueWords.weatherAtTheEnd[words];
    if (weatherTool === undefined) return unknown;
    return dialogueWords.ask(weatherTool)[words];
  };
  return template.replaceAll(VARIABLE, (whole, name: string) =>
    Object.hasOwn(NAMES, name) ? valueOf(NAMES[name as keyof typeof NAMES]) : whole,
  );
}
