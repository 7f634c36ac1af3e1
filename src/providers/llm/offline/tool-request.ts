import type { SaidTime } from './said-times.js';

export interface ToolRequest {
  readonly kind: 'request';
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Fills the argument `at` with a local date and time. */
  readonly at?: SaidTime;
  /** Fills the argument `date`. The number counts days from today. */
  readonly days?: number;
  /** A language model does this better. The tool is used only if there is no model. */
  readonly modelFirst?: true;
}

export const request = (
  tool: string,
  args: Readonly<Record<string, unknown>> = {},
  when: Pick<ToolRequest, 'at' | 'days'> = {},
): ToolRequest => ({ kind: 'request', tool, arguments: args, ...when });

/** Removes the spaces that recognisers put between Chinese characters. */
export const closeUp = (text: string): string => text.replace(/(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu, '');

export const joined = (...parts: readonly (RegExp | string)[]): RegExp =>
  new RegExp(parts.map((part) => (typeof part === 'string' ? part : part.source)).join(''), 'u');

/** Arguments in the person's own words. These arguments keep their capitals and punctuation. */
const OWN_WORDS: ReadonlySet<string> = new Set(['text', 'fact', 'items']);
const isOwn = (tool: string, key: string): boolean =>
  OWN_WORDS.has(key) || (tool === 'remember_voice' && key === 'name');

export function inOwnWords(found: ToolRequest, heard: string): ToolRequest {
  const own = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(own) : typeof value === 'string' ? asHeard(value, heard) : value;
  const args = Object.entries(found.arguments).map(([key, value]) => [
    key,
    isOwn(found.tool, key) ? own(value) : value,
  ]);
  return { ...found, arguments: Object.fromEntries(args) as Record<string, unknown> };
}

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
