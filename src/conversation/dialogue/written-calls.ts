import { isObject } from '../../core/index.js';

export interface WrittenCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

const NAME_KEYS = ['name', 'function', 'tool', 'tool_name'];
const ARGUMENT_KEYS = ['arguments', 'parameters', 'args', 'input'];
/** Keys of the spoken text in a model's JSON answer. */
const REPLY_KEYS = ['reply', 'answer', 'response', 'text', 'content'];

/** Returns the index after the JSON value. Returns undefined if the value is incomplete. */
export function endOfJson(text: string, at: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let index = at; index < text.length; index++) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return index + 1;
  }
  return undefined;
}

/** Returns undefined if `json` is invalid, empty, or contains anything but calls. */
export function callsOfJson(json: string): readonly WrittenCall[] | undefined {
  const value = parse(json);
  const calls = (Array.isArray(value) ? value : [value]).map(callOf);
  return calls.length > 0 && calls.every((call) => call !== undefined) ? calls : undefined;
}

const CALL_BEGINS = new RegExp(`^[[{\\s]*"(?:type|${NAME_KEYS.join('|')})"`, 'u');

/** True if `json` begins like a call and is incomplete, for example because the model may write no more. */
export function isBrokenCall(json: string): boolean {
  return CALL_BEGINS.test(json) && endOfJson(json, 0) === undefined;
}

/** Returns the text to be spoken, or undefined if there is none. */
export function replyOfJson(json: string): string | undefined {
  const value = parse(json);
  if (!isObject(value)) return undefined;
  return REPLY_KEYS.map((key) => value[key]).find((reply): reply is string => typeof reply === 'string');
}

const FUNCTION = /<function[=\s]\s*(?:name=)?"?([\w.-]+)"?\s*>([\s\S]*?)(?:<\/function>|$)/giu;
const PARAMETER = /<parameter[=\s]\s*(?:name=)?"?([\w.-]+)"?\s*>([\s\S]*?)<\/parameter>/giu;
/** DeepSeek writes `function<sep>NAME` or `NAME<sep>`, followed by JSON, which may be fenced. */
const DEEPSEEK =
  /(?:function<｜tool▁sep｜>([\w.-]+)|([\w.-]+)<｜tool▁sep｜>)\s*(?:```(?:json)?\s*)?(\{[\s\S]*?\})\s*(?:```|<｜|$)/giu;

export function callsOfElement(content: string): readonly WrittenCall[] {
  const functions = [...content.matchAll(FUNCTION)].map(([, name = '', body = '']) => named(name, body));
  if (functions.length > 0) return functions.filter((call) => call !== undefined);
  const deepSeek = [...content.matchAll(DEEPSEEK)].map(([, before, after, json = '']) =>
    named(before ?? after ?? '', json),
  );
  if (deepSeek.length > 0) return deepSeek.filter((call) => call !== undefined);
  const calls: WrittenCall[] = [];
  for (let at = content.search(/[[{]/u); at >= 0;) {
    const end = endOfJson(content, at);
    if (end === undefined) break;
    calls.push(...(callsOfJson(content.slice(at, end)) ?? []));
    const next = content.slice(end).search(/[[{]/u);
    at = next < 0 ? -1 : end + next;
  }
  return calls;
}

/** Returns undefined if the arguments are neither JSON nor `<parameter>` elements. */
export function named(name: string, body: string): WrittenCall | undefined {
  const parameters = [...body.matchAll(PARAMETER)].map(([, key = '', value = '']): [string, unknown] => [
    key,
    parse(value) ?? value.trim(),
  ]);
  if (parameters.length > 0) return { name, arguments: Object.fromEntries(parameters) };
  const value = body.trim() === '' ? {} : parse(body);
  return isObject(value) ? { name, arguments: value } : undefined;
}

function callOf(value: unknown): WrittenCall | undefined {
  if (!isObject(value)) return undefined;
  // OpenAI's form is `{"type": "function", "function": {"name": ..., "arguments": ...}}`.
  if (isObject(value['function'])) return callOf(value['function']);
  const name = NAME_KEYS.map((key) => value[key]).find((found): found is string => typeof found === 'string');
  const key = ARGUMENT_KEYS.find((candidate) => value[candidate] !== undefined);
  if (name === undefined || key === undefined) return undefined;
  const given = typeof value[key] === 'string' ? parse(value[key]) : value[key];
  return isObject(given) ? { name, arguments: given } : undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // The text only looked like JSON.
  }
}
