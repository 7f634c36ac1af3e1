import { type LanguageTag, primarySubtag } from '../../../core/index.js';
import type { Patience } from '../../../records/index.js';
import type { ListenMode } from '../listening-port.js';
import type { EndpointEvidence, EndpointPolicy } from './endpoint-port.js';
import type { Prosody } from './prosody-port.js';
import { CHINESE, ENGLISH, type EndWords } from './endpoint-words.js';

export interface EndpointOptions {
  readonly patience: Patience;
  readonly minSilenceMs?: number;
  readonly maxSilenceMs?: number;
}

/**
 * What the words say about the end of the utterance. `brief` is complete but has few words. `unclear` gives no sign
 * that more follows. `clause` gives no sign either, because the phrase before its comma may be a whole sentence.
 * `comma` is a weak sign that more follows, and `doubtful` is a stronger sign.
 */
type Judgement = 'ended' | 'brief' | 'unclear' | 'clause' | 'comma' | 'doubtful' | 'open';
/** Judgements that the sound of the voice overrules. */
const CONTRADICTED: Readonly<Record<Exclude<Prosody, 'complete'>, readonly Judgement[]>> = {
  incomplete: ['ended', 'brief', 'unclear', 'clause', 'comma'],
  broken_off: ['ended', 'brief', 'unclear', 'clause', 'comma', 'doubtful'],
};
/**
 * `settled` means unclear words in a voice that sounds complete. With `unfinished` and `brokenOff`, the voice overrules
 * the words.
 */
type Waits = Readonly<Record<Exclude<Judgement, 'clause'> | 'settled' | 'unfinished' | 'brokenOff', number>>;

/**
 * Waits in milliseconds. `npm run bench -- turns` shows how many hesitant utterances each row cuts off
 * (docs/adr/0034-end-of-turn.md). The 498 ms for `unclear` are close to OpenAI's realtime service. With 480 ms, one
 * turn in 250 ended at a breath within a sentence.
 */
const WAITS: Readonly<Record<Patience, { readonly chinese: Waits; readonly others: Waits }>> = {
  quick: {
    chinese: {
      ended: 300,
      brief: 300,
      unclear: 498,
      settled: 498,
      comma: 498,
      doubtful: 732,
      unfinished: 300,
      brokenOff: 300,
      open: 1200,
    },
    others: {
      ended: 300,
      brief: 300,
      unclear: 498,
      settled: 498,
      comma: 498,
      doubtful: 600,
      unfinished: 300,
      brokenOff: 300,
      open: 1200,
    },
  },
  normal: {
    chinese: {
      ended: 350,
      brief: 350,
      unclear: 732,
      settled: 350,
      comma: 732,
      doubtful: 1600,
      unfinished: 1300,
      brokenOff: 1600,
      open: 2000,
    },
    others: {
      ended: 350,
      brief: 350,
      unclear: 498,
      settled: 498,
      comma: 900,
      doubtful: 1300,
      unfinished: 1300,
      brokenOff: 1600,
      open: 2000,
    },
  },
  patient: {
    chinese: {
      ended: 800,
      brief: 800,
      unclear: 1300,
      settled: 800,
      comma: 1300,
      doubtful: 2000,
      unfinished: 1600,
      brokenOff: 2000,
      open: 3000,
    },
    others: {
      ended: 800,
      brief: 1600,
      unclear: 1040,
      settled: 1040,
      comma: 1600,
      doubtful: 1600,
      unfinished: 1600,
      brokenOff: 1600,
      open: 3000,
    },
  },
};

const ENDS_BY: Readonly<Record<ListenMode, 'silence' | 'button'>> = {
  auto: 'silence',
  realtime: 'silence',
  manual: 'button',
};

/** Limit of the wait that a person's own pauses cause. With a longer wait, the device would seem deaf. */
const MAX_OWN_PAUSE_MS = 1500;
/** The wait exceeds the person's usual pause by this factor, because the usual pause does not end the turn. */
const OWN_PAUSE_MARGIN = 1.25;
/** Factor by which the usual pause shrinks after a shorter pause, and at the end of each utterance. */
const OWN_PAUSE_FADES = 0.9;

function ownPauseAfter(knownMs: number, pauseMs: number | undefined): number {
  const seen = Math.min(MAX_OWN_PAUSE_MS, (pauseMs ?? 0) * OWN_PAUSE_MARGIN);
  return Math.round(seen > knownMs ? knownMs + (seen - knownMs) / 2 : Math.max(seen, knownMs * OWN_PAUSE_FADES));
}

/**
 * This many digits or letters in words at the end suggest that a number is being spelled. Pauses within a spelled
 * number are as long as pauses after a sentence.
 */
const SPELLED_DIGITS = 2;
/**
 * This many figures at the end suggest a longer number. "Turn it to 20" is complete, but "138" may begin a telephone
 * number.
 */
const SPELLED_FIGURES = 3;

/** Creates the policy that decides how long a pause must be to end a turn. */
export function createEndpointPolicy(options: EndpointOptions): EndpointPolicy {
  const { minSilenceMs = 0, maxSilenceMs = Infinity } = options;
  const wait = (
    {
      mode = 'auto',
      language,
      patience,
      ownPauseMs = 0,
    }: Omit<EndpointEvidence, 'transcriptSoFar' | 'punctuationMeansEnd'>,
    judgement: keyof Waits,
  ): number => {
    if (ENDS_BY[mode] === 'button') return Infinity;
    const waitMs = WAITS[patience ?? options.patience][isChinese(language) ? 'chinese' : 'others'][judgement];
    return Math.min(Math.max(waitMs, ownPauseMs, minSilenceMs), Math.max(maxSilenceMs, minSilenceMs));
  };
  return {
    initialSilenceMs: (speaker) => wait(speaker, 'unclear'),
    requiredSilenceMs: (evidence) => {
      const { prosody, transcriptSoFar } = evidence;
      const judgement = judgeEnd(evidence);
      const judgedMs = wait(evidence, judgement === 'clause' ? 'unclear' : judgement);
      if (prosody === undefined || !/[\p{L}\p{N}]/u.test(transcriptSoFar)) return judgedMs;
      if (prosody === 'complete') return judgement === 'unclear' ? wait(evidence, 'settled') : judgedMs;
      if (!CONTRADICTED[prosody].includes(judgement)) return judgedMs;
      return Math.max(judgedMs, wait(evidence, prosody === 'broken_off' ? 'brokenOff' : 'unfinished'));
    },
    usesProsody: (speaker) =>
      CONTRADICTED.broken_off.some(
        (one) => wait(speaker, 'brokenOff') > wait(speaker, one === 'clause' ? 'unclear' : one),
      ),
    ownPauseAfter,
  };
}

export function judgeEnd(
  evidence: Pick<EndpointEvidence, 'language' | 'transcriptSoFar' | 'punctuationMeansEnd'>,
): Judgement {
  const { text, mark } = splitMark(evidence.transcriptSoFar);
  if (text === '') return 'unclear';
  const words = wordsOf(evidence.language, text);
  if (words && endsWith(text, words.open)) return 'open';
  if (spellsNumber(text, words)) return 'open';
  const asked = /[?？]/u.test(evidence.transcriptSoFar.slice(-2));
  if (words && !asked && breaksOff(text, words)) return 'open';
  if (evidence.punctuationMeansEnd) {
    if (mark === 'end') return words && !asked ? judgeStated(text, words) : 'ended';
    if (mark === 'open') return 'open';
  }
  if (words && endsWith(text, words.mostlyOpen)) return 'open';
  if (evidence.punctuationMeansEnd && words) {
    if (mark === 'comma') return judgeComma(text, words);
    // A model with meaningful punctuation wrote no mark, so every ending is doubtful. For Chinese, this was not
    // measured, so the words decide.
    if (words !== CHINESE) return 'doubtful';
  }
  return words ? judgeUnmarked(text, words) : 'unclear';
}

/** If the text has two of the listed endings, the longer one decides. For example, "好的" also ends with "的". */
function judgeUnmarked(text: string, words: EndWords): Judgement {
  const closing = longestEnding(text, words.closing);
  const seldomLast = longestEnding(text, words.seldomLast);
  if (closing >= seldomLast) return closing > 0 ? 'ended' : 'unclear';
  return words.objectFirst.some((word) => text.includes(word)) ? 'unclear' : 'doubtful';
}

/** A person who pauses after no more words than this has often only begun. */
const BRIEF_WORDS = 3;
/** A clause with more words than this is probably a whole sentence, even if it begins with "if". */
const CLAUSE_WORDS = 7;

/**
 * Judges a text that ends with a comma. In the bench, only one of 32 pauses within a turn follows a comma after more
 * than `CLAUSE_WORDS` words. Nearly all turns that end with a comma have more words, so that comma says little. After
 * "if …", a comma is a stronger sign that more follows.
 */
function judgeComma(text: string, words: EndWords): Judgement {
  const tokens = text.split(/\s+/u);
  const subordinate = words.subordinating.includes(tokens[0] ?? '') && !text.includes(',');
  return tokens.length > CLAUSE_WORDS && !subordinate ? 'clause' : 'comma';
}

/** Judges a text with an end mark, which models write even after fragments. */
function judgeStated(text: string, words: EndWords): Judgement {
  if (words === CHINESE || endsWith(text, words.closing)) return 'ended';
  const tokens = text.split(/[\s-]+/u).map((token) => token.replaceAll(/[^\p{L}\p{N}']/gu, ''));
  if (endsWith(text, words.seldomLast)) return 'doubtful';
  if (tokens.every((token) => words.numbers.includes(token) || /^\d+$/u.test(token))) return 'doubtful';
  const clause = words.subordinating.includes(tokens[0] ?? '') && !text.includes(',');
  if (clause && tokens.length <= CLAUSE_WORDS) return 'doubtful';
  return tokens.length <= BRIEF_WORDS ? 'brief' : 'ended';
}

const END_MARKS = /[.!?。！？]/u;
const COMMAS = /[,，、]/u;
const OPEN_MARKS = /[;:；：—–-]/u;
const TRAILING_MARKS = /[\p{P}\p{S}\s]+$/u;
/** An ellipsis means that the voice trails off, not that the turn is over. */
const ELLIPSIS = /(?:\.{2,}|…)["'”’）)\s]*$/u;

function splitMark(transcript: string): { text: string; mark: 'end' | 'open' | 'comma' | 'none' } {
  const trailing = TRAILING_MARKS.exec(transcript)?.[0] ?? '';
  const text = transcript
    .slice(0, transcript.length - trailing.length)
    .trim()
    .toLowerCase();
  if (ELLIPSIS.test(transcript) || OPEN_MARKS.test(trailing)) return { text, mark: 'open' };
  if (END_MARKS.test(trailing)) return { text, mark: 'end' };
  return { text, mark: COMMAS.test(trailing) ? 'comma' : 'none' };
}

function isChinese(language: LanguageTag): boolean {
  return ['zh', 'yue'].includes(primarySubtag(language));
}

/** The script of the last word chooses the lists, because people mix languages. */
function wordsOf(language: LanguageTag, text: string): EndWords | undefined {
  if (/\p{Script=Han}$/u.test(text)) return primarySubtag(language) === 'ja' ? undefined : CHINESE;
  if (/[a-z']$/u.test(text)) return ['en', 'zh', 'yue'].includes(primarySubtag(language)) ? ENGLISH : undefined;
  return undefined;
}

function endsWith(text: string, endings: readonly string[]): boolean {
  return longestEnding(text, endings) > 0;
}

/** In Han script, which has no spaces, an ending may be part of a longer word. */
function longestEnding(text: string, endings: readonly string[]): number {
  const ends = endings.filter((ending) => {
    if (!text.endsWith(ending)) return false;
    if (/\p{Script=Han}/u.test(ending)) return true;
    const before = text.at(-ending.length - 1);
    return before === undefined || !/[\p{L}\p{N}']/u.test(before);
  });
  return Math.max(0, ...ends.map(({ length }) => length));
}

/**
 * Detects fragments, even with a full stop, such as "Seven of." or "He might.". An auxiliary verb may end a sentence
 * after its subject, as in "Yes, it is.".
 */
function breaksOff(text: string, words: EndWords): boolean {
  if (endsWith(text, words.openUnlessAsked) || lacksNoun(text, words)) return true;
  const [, before, last] = /(?:^|([\p{L}']+)\s+)([\p{L}']+)$/u.exec(text) ?? [];
  return words.auxiliary.includes(last ?? '') && !words.subjects.includes(before ?? '');
}

/** True if the noun is missing after an article, at most two words and an adjective. */
function lacksNoun(text: string, words: EndWords): boolean {
  const tokens = text.split(/[^\p{L}']+/u);
  const last = tokens.at(-1) ?? '';
  if (!tokens.slice(-4, -1).some((token) => words.articles.includes(token))) return false;
  return words.adjectives.includes(last) || words.adjectiveEndings.some((ending) => last.endsWith(ending));
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
