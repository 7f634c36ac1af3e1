import type { SaidTime } from './said-times.js';

/** A request that a tool can fulfil. */
export interface ToolRequest {
  readonly kind: 'request';
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The time for the argument `at`, which becomes a local date and time. */
  readonly at?: SaidTime;
  /** Days from today, for the argument `date`. */
  readonly days?: number;
  /** A language model does this better. The tool is used only if there is no model. */
  readonly modelFirst?: true;
}

export const request = (
  tool: string,
  args: Readonly<Record<string, unknown>> = {},
  when: Pick<ToolRequest, 'at' | 'days'> = {},
): ToolRequest => ({ kind: 'request', tool, arguments: args, ...when });

/** The text without the spaces that recognisers put between Chinese characters. */
export const closeUp = (text: string): string => text.replace(/(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu, '');

/** Joins parts to one pattern, because the whole is too long for a line. */
export const joined = (...parts: readonly (RegExp | string)[]): RegExp =>
  new RegExp(parts.map((part) => (typeof part === 'string' ? part : part.source)).join(''), 'u');

/** Arguments that are the person's own words. They keep their original capitals and punctuation. */
const OWN_WORDS: ReadonlySet<string> = new Set(['text', 'fact', 'items']);
/** Whether the argument is in the person's own words. The name of a person is; the name of a timer or device is not. */
const isOwn = (tool: string, key: string): boolean =>
  OWN_WORDS.has(key) || (tool === 'remember_voice' && key === 'name');

/** The request, with the person's own words as written in `heard`. */
export function inOwnWords(found: ToolRequest, heard: string): ToolRequest {
  const own = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(own) : typeof value === 'string' ? asHeard(value, heard) : value;
  const args = Object.entries(found.arguments).map(([key, value]) => [
    key,
    isOwn(found.tool, key) ? own(value) : value,
  ]);
  return { ...found, arguments: Object.fromEntries(args) as Record<string, unknown> };
}

/** The last place in `heard` with the same letters as `part`. If there is none, returns `part`. */
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
