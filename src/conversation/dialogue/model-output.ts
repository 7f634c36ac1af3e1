import { offeredName } from '../tools/tool-name.js';
import {
  callsOfElement,
  callsOfJson,
  endOfJson,
  isBrokenCall,
  named,
  replyOfJson,
  type WrittenCall,
} from './written-calls.js';

export type OutputPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'call'; readonly call: WrittenCall };

export interface ModelOutputOptions {
  /** Names of the offered tools. A written call of any other tool is dropped. */
  readonly tools: ReadonlySet<string>;
  /** True if this model writes `</think>` without `<think>`. Text before `</think>` is then held back. */
  readonly thinksAloud: boolean;
}

const ELEMENTS: readonly { readonly begin: string; readonly end: string }[] = [
  { begin: '<tool_call>', end: '</tool_call>' },
  { begin: '<tool_calls>', end: '</tool_calls>' },
  { begin: '<function_call>', end: '</function_call>' },
  { begin: '<function_calls>', end: '</function_calls>' },
  { begin: '<function=', end: '</function>' },
  { begin: '<｜tool▁calls▁begin｜>', end: '<｜tool▁calls▁end｜>' },
  { begin: '<｜tool▁call▁begin｜>', end: '<｜tool▁call▁end｜>' },
];
/**
 * Tags of reasoning. The text keeps them, because the speech cleaner (`text/hidden.ts`) drops reasoning later. Here,
 * calls inside reasoning are not run, and a missing opening tag is detected.
 */
const REASONING = ['think', 'thinking', 'reasoning', 'thought'];
const REASONING_BEGINS = REASONING.map((name) => `<${name}>`);
const REASONING_ENDS = REASONING.map((name) => `</${name}>`);
const CHANNEL = '<|channel|>';
const MESSAGE = '<|message|>';
const MESSAGE_ENDS = ['<|end|>', '<|return|>', '<|call|>', '<|start|>', CHANNEL];
const START = '<|start|>';
const LIST = '[TOOL_CALLS]';
const LITERALS = [
  ...ELEMENTS.map(({ begin }) => begin),
  ...REASONING_BEGINS,
  ...REASONING_ENDS,
  ...MESSAGE_ENDS,
  MESSAGE,
  LIST,
];
const CANDIDATE = /[<[{f]/giu;
const JSON_BEGINS = /^(?:\{\s*"|\[\s*\{\s*")/u;
const JSON_MAY_BEGIN = /^(?:\{\s*|\[\s*(?:\{\s*)?)$/u;
const FUNCTION_BEGINS = /^functions\.([\w.-]+)\s*\(\s*(?=[{)])/iu;
const FUNCTION_MAY_BEGIN = /^(?:f(?:u(?:n(?:c(?:t(?:i(?:o(?:ns?)?)?)?)?)?)?)?|functions\.[\w.-]{0,80}\s*\(?\s*)$/iu;

/**
 * Separates a model's text into speech, tool calls written as text, and reasoning in formats without `<think>`. The
 * result does not depend on how the text was cut into deltas. Text is held back while it may become a call or a mark of
 * reasoning, and until `</think>` if the model thinks aloud.
 */
export class ModelOutput {
  #buffer = '';
  #parts: OutputPart[] = [];
  /** Text that may turn out to be reasoning. */
  #held: string | undefined;
  #inReasoning = false;
  /** True inside a message in the Harmony format that is not for the user. */
  #hidden = false;
  #recipient: string | undefined;
  #message = '';
  #thoughtAloud = false;

  constructor(private readonly options: ModelOutputOptions) {
    this.#held = options.thinksAloud ? '' : undefined;
  }

  get thoughtAloud(): boolean {
    return this.#thoughtAloud;
  }

  push(delta: string): readonly OutputPart[] {
    this.#buffer += delta;
    return this.#run(false);
  }

  /** Ends the answer. A call without its end mark counts only if its arguments can be read. */
  flush(): readonly OutputPart[] {
    const parts = [...this.#run(true)];
    this.#endMessage();
    if (this.#held) this.#parts.push({ type: 'text', text: this.#held });
    this.#held = undefined;
    return [...parts, ...this.#take()];
  }

  #run(final: boolean): readonly OutputPart[] {
    for (let at = 0; at < this.#buffer.length;) {
      CANDIDATE.lastIndex = at;
      const found = CANDIDATE.exec(this.#buffer)?.index ?? this.#buffer.length;
      const step = found < this.#buffer.length ? this.#construct(found, final) : 0;
      if (step === 'more') {
        this.#text(this.#buffer.slice(at, found));
        this.#buffer = this.#buffer.slice(found);
        return this.#take();
      }
      // No construct begins here, so the first character is text.
      const textEnd = step === 0 ? found + 1 : found;
      this.#text(this.#buffer.slice(at, textEnd));
      if (step > 0) this.#consume(found, step);
      at = step > 0 ? found + step : textEnd;
    }
    this.#buffer = '';
    return this.#take();
  }

  /** Returns the length of the construct at index `at`. 0 means that no construct begins there. */
  #construct(at: number, final: boolean): number | 'more' {
    const rest = this.#buffer.slice(at);
    const literal = LITERALS.find((candidate) => startsWith(rest, candidate));
    if (literal !== undefined) return this.#lengthOf(literal, rest, final);
    const callee = FUNCTION_BEGINS.exec(rest);
    if (callee) return untilClosed(rest, callee[0].length, final);
    if (JSON_BEGINS.test(rest)) return endOfJson(rest, 0) ?? (final ? rest.length : 'more');
    if (final) return 0;
    const mayBegin =
      JSON_MAY_BEGIN.test(rest) ||
      FUNCTION_MAY_BEGIN.test(rest) ||
      LITERALS.some((candidate) => startsWith(candidate, rest));
    return mayBegin ? 'more' : 0;
  }

  #lengthOf(literal: string, rest: string, final: boolean): number | 'more' {
    const element = ELEMENTS.find(({ begin }) => begin === literal);
    if (element) return lengthUpTo(rest, element.end, final);
    if (literal === CHANNEL || literal === START) {
      const header = rest.slice(literal.length).search(/<\|(?:message|channel)\|>/u);
      if (header < 0) return final ? rest.length : 'more';
      const end = literal.length + header;
      return startsWith(rest.slice(end), MESSAGE) ? end + MESSAGE.length : end;
    }
    if (literal !== LIST) return literal.length;
    const list = /^\s*\[/u.exec(rest.slice(LIST.length));
    if (!list) return /^\s*$/u.test(rest.slice(LIST.length)) && !final ? 'more' : LIST.length;
    return endOfJson(rest, LIST.length) ?? (final ? rest.length : 'more');
  }

  #consume(at: number, length: number): void {
    const source = this.#buffer.slice(at, at + length);
    const isOneOf = (literals: readonly string[]): boolean => literals.some((literal) => startsWith(source, literal));
    if (isOneOf(MESSAGE_ENDS) || startsWith(source, MESSAGE)) this.#harmony(source);
    else if (isOneOf(REASONING_BEGINS)) {
      this.#inReasoning = true;
      this.#text(source);
    } else if (isOneOf(REASONING_ENDS)) this.#reasoningEnds(source);
    else if (this.#hidden || this.#inReasoning) this.#text(source);
    else if (source.startsWith('{') || JSON_BEGINS.test(source)) this.#json(source);
    else this.#calls(callsOf(source));
  }

  #json(source: string): void {
    const calls = callsOfJson(source);
    if (calls) this.#calls(calls);
    else if (!isBrokenCall(source)) this.#text(replyOfJson(source) ?? source);
  }

  #reasoningEnds(source: string): void {
    if (this.#inReasoning) {
      this.#inReasoning = false;
      this.#text(source);
      return;
    }
    this.#thoughtAloud = true;
    this.#held = undefined;
  }

  /** The Harmony format separates messages by marks. A header may name the tool that receives the next message. */
  #harmony(source: string): void {
    this.#endMessage();
    if (!startsWith(source, CHANNEL) && !startsWith(source, START)) return;
    const channel = /<\|channel\|>\s*(\w+)/iu.exec(source)?.[1];
    this.#recipient = /\bto=(?:functions\.)?([\w.-]+)/iu.exec(source)?.[1];
    this.#hidden = (channel !== undefined && channel !== 'final') || this.#recipient !== undefined;
  }

  #endMessage(): void {
    const call = this.#recipient === undefined ? undefined : named(this.#recipient, this.#message);
    this.#hidden = false;
    this.#recipient = undefined;
    this.#message = '';
    if (call) this.#calls([call]);
  }

  #calls(calls: readonly WrittenCall[]): void {
    for (const call of calls) {
      const name = offeredName(call.name, this.options.tools);
      if (name !== undefined) this.#parts.push({ type: 'call', call: { ...call, name } });
    }
  }

  #text(text: string): void {
    if (text === '') return;
    if (this.#recipient !== undefined) this.#message += text;
    if (this.#hidden) return;
    if (this.#held !== undefined) this.#held += text;
    else this.#parts.push({ type: 'text', text });
  }

  #take(): readonly OutputPart[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }
}

function callsOf(source: string): readonly WrittenCall[] {
  const callee = FUNCTION_BEGINS.exec(source);
  if (!callee) return callsOfElement(source);
  const call = named(callee[1] ?? '', source.slice(callee[0].length).replace(/\s*\)\s*$/u, ''));
  return call ? [call] : [];
}

function untilClosed(rest: string, at: number, final: boolean): number | 'more' {
  const end = rest[at] === '{' ? endOfJson(rest, at) : at;
  const close = end === undefined ? null : /^\s*\)/u.exec(rest.slice(end));
  if (end !== undefined && close) return end + close[0].length;
  return final ? rest.length : 'more';
}

function lengthUpTo(rest: string, end: string, final: boolean): number | 'more' {
  const index = rest.toLowerCase().indexOf(end);
  if (index >= 0) return index + end.length;
  return final ? rest.length : 'more';
}

function startsWith(text: string, beginning: string): boolean {
  return text.slice(0, beginning.length).toLowerCase() === beginning.toLowerCase();
}
