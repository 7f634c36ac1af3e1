/** Elements whose content is not spoken, such as reasoning, or tool calls that the model wrote as text. */
const HIDDEN_ELEMENTS = new Set([
  'think',
  'thinking',
  'thought',
  'thoughts',
  'reasoning',
  'reflection',
  'analysis',
  'scratchpad',
  'reason',
  '思考',
  '思考过程',
  'tool_call',
  'tool_calls',
  'tool_response',
  'tool_result',
  'function_call',
  'function_calls',
  'script',
  'style',
]);

/** Longer markup counts as text. */
const MAX_TAG_CHARS = 120;
const TAG = /<(\/?)([\p{L}_][\p{L}\p{N}_:-]*|[|!?])([^<>\n]*)>/uy;
const TAG_BEGINNING = /<(?:\/?(?:$|[\p{L}_|!?][^<>\n]*$))/uy;

export type Tag =
  | { readonly kind: 'more' }
  | { readonly kind: 'text' }
  | { readonly kind: 'tag'; readonly length: number; readonly breaksLine: boolean }
  /** `<https://...>` or `<a@b.c>`. `length` is 1 and covers only the `<`. */
  | { readonly kind: 'address'; readonly length: number }
  /** An opening tag. All text up to the closing tag `name` is dropped. */
  | { readonly kind: 'hidden'; readonly length: number; readonly name: string };

const FENCE_CHARS = 3;
const LINE_BREAKING = new Set(['br', 'p', 'div', 'li', 'tr', 'hr', 'h1', 'h2', 'h3', 'h4', 'ul', 'ol']);
const CUT_OFF_TAG = /<\/?[\p{L}_|]*$/uy;

export function readTag(buffer: string, at: number, final: boolean): Tag {
  TAG.lastIndex = at;
  const match = TAG.exec(buffer);
  if (match && match[0].length <= MAX_TAG_CHARS) {
    const name = (match[2] ?? '').toLowerCase();
    if (match[1] === '' && ((match[3] ?? '').startsWith('//') || /^[^\s=]*@/u.test(match[3] ?? '')))
      return { kind: 'address', length: 1 };
    if (match[1] === '' && /^[a-z]+:$/u.test(name)) return { kind: 'address', length: 1 };
    if (match[1] === '' && HIDDEN_ELEMENTS.has(name) && !match[3]?.endsWith('/'))
      return { kind: 'hidden', length: match[0].length, name };
    return { kind: 'tag', length: match[0].length, breaksLine: LINE_BREAKING.has(name) };
  }
  TAG_BEGINNING.lastIndex = at;
  if (buffer.length - at <= MAX_TAG_CHARS && TAG_BEGINNING.test(buffer)) {
    if (!final) return { kind: 'more' };
    // The reply broke off inside a tag.
    CUT_OFF_TAG.lastIndex = at;
    if (CUT_OFF_TAG.test(buffer)) return { kind: 'tag', length: buffer.length - at, breaksLine: false };
  }
  return { kind: 'text' };
}

/** Drops hidden text of any length. Only a possible beginning of the end mark is buffered. */
export class HiddenText {
  readonly #end: RegExp;
  readonly #keepChars: number;

  private constructor(end: RegExp, keepChars: number) {
    this.#end = end;
    this.#keepChars = keepChars;
  }

  static element(name: string): HiddenText {
    return new HiddenText(new RegExp(`</${name}[ \\t]{0,8}>`, 'giu'), name.length + 12);
  }

  static fence(mark: '`' | '~'): HiddenText {
    return new HiddenText(mark === '`' ? /`{3,}/gu : /~{3,}/gu, FENCE_CHARS);
  }

  skip(buffer: string, at: number, final: boolean): { readonly length: number; readonly ended: boolean } {
    this.#end.lastIndex = at;
    const match = this.#end.exec(buffer);
    if (match) {
      const end = match.index + match[0].length;
      // The fence may be longer than the text received so far.
      if (!final && end === buffer.length && !match[0].endsWith('>'))
        return { length: end - FENCE_CHARS - at, ended: false };
      return { length: end - at, ended: true };
    }
    return { length: Math.max(0, buffer.length - at - this.#keepChars), ended: false };
  }
}
