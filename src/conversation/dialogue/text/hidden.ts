/** Elements whose content is not for the user: the model's reasoning, and tool calls that it wrote as text. */
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

/** Longest tag. Longer markup is text. */
const MAX_TAG_CHARS = 120;
const TAG = /<(\/?)([\p{L}_][\p{L}\p{N}_:-]*|[|!?])([^<>\n]*)>/uy;
const TAG_BEGINNING = /<(?:\/?(?:$|[\p{L}_|!?][^<>\n]*$))/uy;

export type Tag =
  | { readonly kind: 'more' }
  | { readonly kind: 'text' }
  | { readonly kind: 'tag'; readonly length: number; readonly breaksLine: boolean }
  /** `<https://...>` or `<a@b.c>`. `length` is 1, for the `<` alone. */
  | { readonly kind: 'address'; readonly length: number }
  /** The opening tag of hidden text. All text up to the closing tag `name` is dropped. */
  | { readonly kind: 'hidden'; readonly length: number; readonly name: string };

const FENCE_CHARS = 3;
const LINE_BREAKING = new Set(['br', 'p', 'div', 'li', 'tr', 'hr', 'h1', 'h2', 'h3', 'h4', 'ul', 'ol']);
const CUT_OFF_TAG = /<\/?[\p{L}_|]*$/uy;

/** Classifies what begins with the `<` at index `at`. */
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

/** Drops text up to its end mark, however long the text is. Only a possible beginning of the end mark is buffered. */
export class HiddenText {
  readonly #end: RegExp;
  readonly #keepChars: number;

  private constructor(end: RegExp, keepChars: number) {
    this.#end = end;
    this.#keepChars = keepChars;
  }

  /** Hidden text from `<think>` to `</think>`, for example. */
  static element(name: string): HiddenText {
    return new HiddenText(new RegExp(`</${name}[ \\t]{0,8}>`, 'giu'), name.length + 12);
  }

  /** A fenced code block, up to the next fence of the same kind. */
  static fence(mark: '`' | '~'): HiddenText {
    return new HiddenText(mark === '`' ? /`{3,}/gu : /~{3,}/gu, FENCE_CHARS);
  }

  /** How many characters to drop, starting at index `at`, and whether the hidden text ends there. */
  skip(buffer: string, at: number, final: boolean): { readonly length: number; readonly ended: boolean } {
    this.#end.lastIndex = at;
    const match = this.#end.exec(buffer);
    if (match) {
      const end = match.index + match[0].length;
      // The fence may be longer than the part received so far.
      if (!final && end === buffer.length && !match[0].endsWith('>'))
        return { length: end - FENCE_CHARS - at, ended: false };
      return { length: end - at, ended: true };
    }
    return { length: Math.max(0, buffer.length - at - this.#keepChars), ended: false };
  }
}
