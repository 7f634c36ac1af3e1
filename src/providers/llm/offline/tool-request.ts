import type { SaidTime } from './said-times.js';

/** Something that a tool does. */
export interface ToolRequest {
  readonly kind: 'request';
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** To be filled in as the argument `at`, the local date and time. */
  readonly at?: SaidTime;
  /** To be filled in as the argument `date`, counted in days from today. */
  readonly days?: number;
  /** A language model does this better than the tool, which is used only where there is no model. */
  readonly modelFirst?: true;
}

export const request = (
  tool: string,
  args: Readonly<Record<string, unknown>> = {},
  when: Pick<ToolRequest, 'at' | 'days'> = {},
): ToolRequest => ({ kind: 'request', tool, arguments: args, ...when });

/** The text without the spaces that recognisers put between Chinese characters. */
export const closeUp = (text: string): string => text.replace(/(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu, '');

/** Joins parts into one pattern, because no line may be as long as the whole. */
export const joined = (...parts: readonly (RegExp | string)[]): RegExp =>
  new RegExp(parts.map((part) => (typeof part === 'string' ? part : part.source)).join(''), 'u');

/** Arguments that are a person's own words. They keep the capitals and marks with which they were heard. */
const OWN_WORDS: ReadonlySet<string> = new Set(['text', 'fact', 'items']);
/** The name of a person; that of a timer or a thing is no proper name. */
const isOwn = (tool: string, key: string): boolean =>
  OWN_WORDS.has(key) || (tool === 'remember_voice' && key === 'name');

/** The request with the person's own words as they stand in `heard`. */
export function inOwnWords(found: ToolRequest, heard: string): ToolRequest {
  const own = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(own) : typeof value === 'string' ? asHeard(value, heard) : value;
  const args = Object.entries(found.arguments).map(([key, value]) => [
    key,
    isOwn(found.tool, key) ? own(value) : value,
  ]);
  return { ...found, arguments: Object.fromEntries(args) as Record<string, unknown> };
}

/** The last place in `heard` that has the letters of `part`; `part` itself if there is none. */
function asHeard(part: string, heard: string): string {
  const text = heard.normalize('NFKC');
  let letters = '';
  const places: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const plain = lettersIn(text.charAt(at));
    letters += plain;
    for (let unit = 0; unit < plain.length; unit++) places.push(at);
  }
  const wanted = lettersIn(part);
  const first = letters.lastIndexOf(wanted);
  const [from, to] = [places[first], places[first + wanted.length - 1]];
  return wanted === '' || from === undefined || to === undefined ? part : text.slice(from, to + 1);
}

const lettersIn = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
