export interface Context {
  readonly before: string;
  readonly after: string;
}

export interface Rule {
  /** A sticky pattern. Its repetitions are limited and unambiguous, so that matching stays fast. */
  readonly pattern: RegExp;
  readonly say: (match: RegExpExecArray, context: Context) => string | undefined;
}

export const rule = (pattern: string, say: Rule['say']): Rule => ({ pattern: new RegExp(pattern, 'uy'), say });

/** A number with or without commas or a decimal part. The limits on digits keep matching fast. */
export const NUMBER = String.raw`(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,16})(?:\.\d{1,12})?`;
/** A sign or word that means "to" between two numbers, such as `~` or `到`. */
export const TO = String.raw`\s?[-–—~～〜至到]\s?`;
export const ENDS = String.raw`(?![\d.,]{0,20}\d)(?![A-Za-z])`;

const LETTER = /[A-Za-z]/u;
const CONTEXT_CHARACTERS = 12;

/** At each position, the first rule that returns words applies. */
export function applyRules(text: string, rules: readonly Rule[], begins: RegExp): string {
  let said = '';
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    // A rule that begins with a letter applies only at the beginning of a word.
    if (begins.test(char) && !(LETTER.test(char) && LETTER.test(text[at - 1] ?? ''))) {
      const found = firstOf(rules, text, at);
      if (found) {
        said += found.words;
        at += found.length;
        continue;
      }
    }
    said += char;
    at += 1;
  }
  return said;
}

function firstOf(
  rules: readonly Rule[],
  text: string,
  at: number,
): { readonly words: string; readonly length: number } | undefined {
  for (const { pattern, say } of rules) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match || match[0] === '') continue;
    const end = at + match[0].length;
    const words = say(match, {
      before: text.slice(Math.max(0, at - CONTEXT_CHARACTERS), at),
      after: text.slice(end, end + CONTEXT_CHARACTERS),
    });
    if (words !== undefined) return { words, length: match[0].length };
  }
  return undefined;
}
