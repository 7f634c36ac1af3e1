import { uiLanguage, type Bilingual } from '../../core/index.js';
import { dialogueWords } from './words.js';

/** The variables of a prompt, written `{{name}}`. Some names come from other servers' prompts. */
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
 * The text that replaces a value that changes from turn to turn. The value itself is at the end of the prompt, so that
 * a provider's cache can reuse the beginning.
 */
const AT_THE_END: Readonly<Partial<Record<Variable, Bilingual>>> = dialogueWords.atTheEnd;

/** Values that stay the same through a conversation. */
export interface StableValues {
  readonly name: string | undefined;
  readonly language: string;
  readonly device: string | undefined;
  readonly place: string | undefined;
  /** Name of a tool for the weather; undefined: there is none. */
  readonly weatherTool: string | undefined;
  /** True: the weather is at the end of the prompt. */
  readonly weatherAtEnd: boolean;
}

const VARIABLE = /\{\{\s*([a-z_]+)\s*\}\}/g;

/** True if an agent's prompt mentions the weather. */
export function namesWeather(template: string): boolean {
  return Array.from(template.matchAll(VARIABLE)).some(
    ([, name = '']) => Object.hasOwn(NAMES, name) && NAMES[name as keyof typeof NAMES] === 'weather',
  );
}

/** An agent's prompt with its variables filled in. Unknown variables stay as they are. */
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
