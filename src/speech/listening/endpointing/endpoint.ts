import { type LanguageTag, primarySubtag } from '../../../core/index.js';
import type { EndpointEvidence, EndpointPolicy } from './endpoint-port.js';
import { CHINESE, ENGLISH, type EndWords } from './endpoint-words.js';

export interface EndpointOptions {
  /** `child`: learners, children and hesitant speakers pause longer. */
  readonly preset: 'default' | 'child';
  /** Override the bounds of preset and language. */
  readonly minSilenceMs?: number;
  readonly maxSilenceMs?: number;
}

interface Bounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/** By language and preset: Chinese speakers pause longer within a sentence, and children longer still. */
const BOUNDS = {
  default: { minMs: 300, maxMs: 1200 },
  chinese: { minMs: 600, maxMs: 1200 },
  child: { minMs: 1000, maxMs: 1600 },
} as const satisfies Record<string, Bounds>;

/**
 * The wait as a share of the range between the bounds. Unclear: 498 ms of silence in English, like OpenAI's realtime
 * service (`turn_detection.silence_duration_ms`: 500). With 480 ms one turn in 250 of the bench ended at a breath
 * within a sentence. With 660 ms the first sound of one undisturbed device came 1025 ms after the end of speech.
 */
const SHARE = { ended: 0, unclear: 0.22, open: 1 } as const;
/** A pause inside a spelled number is as long as a sentence's end. */
const SPELLED_DIGITS = 2;
/** Fewest figures that look like part of a number: "turn it to 20" is complete, "138" may begin a telephone number. */
const SPELLED_FIGURES = 3;

/** The pause that ends a turn, by the language and the words so far. */
export function createEndpointPolicy(options: EndpointOptions): EndpointPolicy {
  const boundsFor = (language: LanguageTag): Bounds => {
    const { minMs, maxMs } =
      options.preset === 'child' ? BOUNDS.child : isChinese(language) ? BOUNDS.chinese : BOUNDS.default;
    const max = options.maxSilenceMs ?? Math.max(maxMs, options.minSilenceMs ?? 0);
    return { minMs: options.minSilenceMs ?? Math.min(minMs, max), maxMs: max };
  };
  return {
    initialSilenceMs: (language) => between(boundsFor(language), SHARE.unclear),
    requiredSilenceMs(evidence) {
      return between(boundsFor(evidence.language), SHARE[judgeEnd(evidence)]);
    },
  };
}

/** Decides whether the words so far are a complete utterance. */
export function judgeEnd(evidence: EndpointEvidence): 'ended' | 'open' | 'unclear' {
  const { text, mark } = splitMark(evidence.transcriptSoFar);
  if (text === '') return 'unclear';
  const words = wordsOf(evidence.language, text);
  if (words && endsWith(text, words.open)) return 'open';
  if (spellsNumber(text, words)) return 'open';
  if (evidence.punctuationMeansEnd) {
    if (mark === 'end') return 'ended';
    if (mark === 'open') return 'open';
  }
  if (words && endsWith(text, words.mostlyOpen)) return 'open';
  // A model that marks ends has seen none here, however final the word.
  if (evidence.punctuationMeansEnd) return 'unclear';
  return words && endsWith(text, words.closing) ? 'ended' : 'unclear';
}

const END_MARKS = /[.!?。！？]/u;
/**
 * No comma: Moonshine ends complete sentences with one (always with the clip austen-0890), which cost these turns 600
 * ms.
 */
const OPEN_MARKS = /[;:；：—–-]/u;
const TRAILING_MARKS = /[\p{P}\p{S}\s]+$/u;
/** Three points are a voice trailing off, not an end. */
const ELLIPSIS = /(?:\.{2,}|…)["'”’）)\s]*$/u;

function splitMark(transcript: string): { text: string; mark: 'end' | 'open' | 'none' } {
  const trailing = TRAILING_MARKS.exec(transcript)?.[0] ?? '';
  const text = transcript
    .slice(0, transcript.length - trailing.length)
    .trim()
    .toLowerCase();
  if (ELLIPSIS.test(transcript) || OPEN_MARKS.test(trailing)) return { text, mark: 'open' };
  return { text, mark: END_MARKS.test(trailing) ? 'end' : 'none' };
}

function isChinese(language: LanguageTag): boolean {
  return ['zh', 'yue'].includes(primarySubtag(language));
}

/** Word lists by script, since people mix languages; undefined if there are none. */
function wordsOf(language: LanguageTag, text: string): EndWords | undefined {
  if (/\p{Script=Han}$/u.test(text)) return primarySubtag(language) === 'ja' ? undefined : CHINESE;
  if (/[a-z']$/u.test(text)) return ['en', 'zh', 'yue'].includes(primarySubtag(language)) ? ENGLISH : undefined;
  return undefined;
}

/** Han has no spaces between words; elsewhere an ending has to be a whole word. */
function endsWith(text: string, endings: readonly string[]): boolean {
  return endings.some((ending) => {
    if (!text.endsWith(ending)) return false;
    if (/\p{Script=Han}/u.test(ending)) return true;
    const before = text.at(-ending.length - 1);
    return before === undefined || !/[\p{L}\p{N}']/u.test(before);
  });
}

function spellsNumber(text: string, words: EndWords | undefined): boolean {
  const figures = /(?:\d[\s,，、-]?)+$/u.exec(text)?.[0].replaceAll(/\D/gu, '') ?? '';
  if (figures.length >= SPELLED_FIGURES) return true;
  if (!words) return false;
  if (words === CHINESE)
    return trailing(Array.from(text.replaceAll(/[\s,，、]/gu, '')), words.digits) >= SPELLED_DIGITS;
  const tokens = text.split(/[\s,-]+/u);
  return Math.max(trailing(tokens, words.digits), trailing(tokens, LETTERS)) >= SPELLED_DIGITS;
}

const LETTERS = 'bcdefghjklmnopqrstuvwxyz'.split('');

function trailing(tokens: readonly string[], among: readonly string[]): number {
  const last = tokens.findLastIndex((token) => !among.includes(token));
  return tokens.length - 1 - last;
}

function between({ minMs, maxMs }: Bounds, share: number): number {
  return Math.round(minMs + (maxMs - minMs) * share);
}
