/** The text around a match, so that a rule can look at what comes before and after it. */
export interface Context {
  /** The last characters before the match, as written. */
  readonly before: string;
  /** The next characters after the match. */
  readonly after: string;
}

/** A rule that reads a symbol or number as words. */
export interface Rule {
  /** A sticky pattern. Each repetition in it is limited and unambiguous, so that matching is fast. */
  readonly pattern: RegExp;
  /** Returns the spoken words. Undefined: the rule does not apply here. */
  readonly say: (match: RegExpExecArray, context: Context) => string | undefined;
}

/** Creates a rule from a pattern, which becomes a sticky expression. */
export const rule = (pattern: string, say: Rule['say']): Rule => ({ pattern: new RegExp(pattern, 'uy'), say });

/** A number, with or without commas or a decimal part. The number of digits is limited, so that matching is fast. */
export const NUMBER = String.raw`(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,16})(?:\.\d{1,12})?`;
/** A sign or word that means "to" between two numbers: `-`, `~`, `到`. */
export const TO = String.raw`\s?[-–—~～〜至到]\s?`;
/** Matches where a number or word ends. */
export const ENDS = String.raw`(?![\d.,]{0,20}\d)(?![A-Za-z])`;

const LETTER = /[A-Za-z]/u;
const CONTEXT_CHARACTERS = 12;

/** Goes through a text once. At each position, uses the first rule that returns words. */
export function applyRules(text: string, rules: readonly Rule[], begins: RegExp): string {
  let said = '';
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    // If a rule begins with a letter, it applies only at the beginning of a word.
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
