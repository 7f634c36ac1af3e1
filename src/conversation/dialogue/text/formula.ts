import { type LanguageTag, primarySubtag } from '../../../core/index.js';

interface FormulaWords {
  readonly power: (exponent: string) => string;
  readonly over: (above: string, below: string) => string;
  readonly root: (of: string) => string;
}

const SMALL_POWERS_EN: Readonly<Record<string, string>> = { '2': ' squared', '3': ' cubed' };
const SMALL_POWERS_ZH: Readonly<Record<string, string>> = { '2': '平方', '3': '立方' };
const WORDS: Readonly<Record<string, FormulaWords>> = {
  en: {
    power: (exponent) => SMALL_POWERS_EN[exponent] ?? ` to the power of ${exponent}`,
    over: (above, below) => `${above} over ${below}`,
    root: (of) => `the square root of ${of}`,
  },
  zh: {
    power: (exponent) => SMALL_POWERS_ZH[exponent] ?? `的${exponent}次方`,
    over: (above, below) => `${below}分之${above}`,
    root: (of) => `根号${of}`,
  },
};
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

const COMMANDS: Readonly<Record<string, string>> = {
  times: '×',
  cdot: '×',
  div: '÷',
  pm: '±',
  leq: '≤',
  geq: '≥',
  neq: '≠',
  approx: '≈',
  left: '',
  right: '',
};
const WITH_BRACES = ['frac', 'dfrac', 'tfrac', 'sqrt', 'text', 'mathrm'];
const BRACES = String.raw`\{([^{}\n]{1,24})\}`;
const FRACTION = new RegExp(String.raw`\\[dt]?frac${BRACES}${BRACES}`, 'uy');
const ROOT = new RegExp(String.raw`\\sqrt${BRACES}`, 'uy');
const TEXT = new RegExp(String.raw`\\(?:text|mathrm)${BRACES}`, 'uy');
const UNFINISHED = /\\(?:[dt]?frac|sqrt|text|mathrm)(?:\{[^{}\n]{0,24}(?:\}(?:\{[^{}\n]{0,24})?)?)?$/uy;
const POWER = /\^(?:\{([^{}\n]{1,12})\}|(-?[A-Za-z0-9]{1,8})(?![A-Za-z0-9]))/uy;
const UNFINISHED_POWER = /\^(?:\{[^{}\n]{0,12}|-?[A-Za-z0-9]{0,8})$/uy;

export type Formula = { readonly length: number; readonly spoken: string } | 'more' | undefined;

/** Reads `^2`, `^{10}` or `²`. The base of the power ends before `at`. */
export function readPower(buffer: string, at: number, language: LanguageTag, final: boolean): Formula {
  const words = WORDS[primarySubtag(language)];
  if (!words) return undefined;
  const superscript = SUPERSCRIPTS.indexOf(buffer[at] ?? ' ');
  if (superscript >= 0) return { length: 1, spoken: words.power(String(superscript)) };
  UNFINISHED_POWER.lastIndex = at;
  if (!final && UNFINISHED_POWER.test(buffer)) return 'more';
  POWER.lastIndex = at;
  const match = POWER.exec(buffer);
  return match ? { length: match[0].length, spoken: words.power(match[1] ?? match[2] ?? '') } : undefined;
}

/** The backslash of the LaTeX command is at `at`. */
export function readCommand(buffer: string, at: number, language: LanguageTag, final: boolean): Formula {
  if (/[()[\]]/u.test(buffer[at + 1] ?? '')) return { length: 2, spoken: '' };
  const name = /^[a-z]*/u.exec(buffer.slice(at + 1, at + 10))?.[0] ?? '';
  const ends = at + 1 + name.length < buffer.length;
  const known = [...Object.keys(COMMANDS), ...WITH_BRACES];
  if (!ends && !final && known.some((command) => command.startsWith(name))) return 'more';
  const sign = COMMANDS[name];
  if (sign !== undefined) return { length: name.length + 1, spoken: sign };
  UNFINISHED.lastIndex = at;
  if (!final && UNFINISHED.test(buffer)) return 'more';
  return withBraces(buffer, at, WORDS[primarySubtag(language)]);
}

function withBraces(buffer: string, at: number, words: FormulaWords | undefined): Formula {
  for (const pattern of [FRACTION, ROOT, TEXT]) pattern.lastIndex = at;
  const text = TEXT.exec(buffer);
  if (text) return { length: text[0].length, spoken: text[1] ?? '' };
  const fraction = words && FRACTION.exec(buffer);
  if (fraction) return { length: fraction[0].length, spoken: words.over(fraction[1] ?? '', fraction[2] ?? '') };
  const root = words && ROOT.exec(buffer);
  return root ? { length: root[0].length, spoken: words.root(root[1] ?? '') } : undefined;
}
