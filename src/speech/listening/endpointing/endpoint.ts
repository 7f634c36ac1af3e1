import { type LanguageTag, primarySubtag } from '../../../core/index.js';
import type { Patience } from '../../../records/index.js';
import type { EndpointEvidence, EndpointPolicy } from './endpoint-port.js';
import { CHINESE, ENGLISH, type EndWords } from './endpoint-words.js';

export interface EndpointOptions {
  /** Patience for an agent without its own. */
  readonly patience: Patience;
  /** Bounds of every wait. */
  readonly minSilenceMs?: number;
  readonly maxSilenceMs?: number;
}

type Judgement = 'ended' | 'unclear' | 'open';
type Waits = Readonly<Record<Judgement, number>>;

/**
 * The waits, in milliseconds. `npm run bench -- turns` shows the share of hesitant utterances that each row cuts off,
 * and its cost in waiting (docs/adr/0034-end-of-turn.md). Unclear in English: 498 ms, like OpenAI's realtime service;
 * with 480 ms one turn in 250 of the bench ended at a breath within a sentence.
 */
const WAITS: Readonly<Record<Patience, { readonly chinese: Waits; readonly others: Waits }>> = {
  quick: {
    chinese: { ended: 600, unclear: 732, open: 1200 },
    others: { ended: 300, unclear: 498, open: 1200 },
  },
  normal: {
    chinese: { ended: 600, unclear: 732, open: 2000 },
    others: { ended: 300, unclear: 498, open: 2000 },
  },
  patient: {
    chinese: { ended: 1000, unclear: 1300, open: 3000 },
    others: { ended: 800, unclear: 1040, open: 3000 },
  },
};

/** Longest wait for a person who often pauses; with a longer one, other people would think that the device is deaf. */
const MAX_OWN_PAUSE_MS = 1500;
/** The wait exceeds this person's usual pause by this factor, because such a pause is no end yet. */
const OWN_PAUSE_MARGIN = 1.25;
/** Factor by which a known pause shrinks after each shorter pause, or turn without one. */
const OWN_PAUSE_FADES = 0.9;

function ownPauseAfter(knownMs: number, pauseMs: number | undefined): number {
  const seen = Math.min(MAX_OWN_PAUSE_MS, (pauseMs ?? 0) * OWN_PAUSE_MARGIN);
  return Math.round(seen > knownMs ? knownMs + (seen - knownMs) / 2 : Math.max(seen, knownMs * OWN_PAUSE_FADES));
}

/**
 * Fewest digits or letters at the end that look spelled. A pause between them is as long as at the end of a sentence.
 */
const SPELLED_DIGITS = 2;
/** Fewest figures that look like part of a number: "turn it to 20" is complete, "138" may begin a telephone number. */
const SPELLED_FIGURES = 3;

/**
 * Makes the policy for the pause that ends a turn, by language, patience, the words so far, and the person's own
 * pauses.
 */
export function createEndpointPolicy(options: EndpointOptions): EndpointPolicy {
  const { minSilenceMs = 0, maxSilenceMs = Infinity } = options;
  const wait = (
    { language, patience, ownPauseMs = 0 }: Omit<EndpointEvidence, 'transcriptSoFar' | 'punctuationMeansEnd'>,
    judgement: Judgement,
  ): number => {
    const waitMs = WAITS[patience ?? options.patience][isChinese(language) ? 'chinese' : 'others'][judgement];
    return Math.min(Math.max(waitMs, ownPauseMs, minSilenceMs), Math.max(maxSilenceMs, minSilenceMs));
  };
  return {
    initialSilenceMs: (speaker) => wait(speaker, 'unclear'),
    requiredSilenceMs: (evidence) => wait(evidence, judgeEnd(evidence)),
    ownPauseAfter,
  };
}

/** Decides whether the words so far are a complete utterance. */
export function judgeEnd(
  evidence: Pick<EndpointEvidence, 'language' | 'transcriptSoFar' | 'punctuationMeansEnd'>,
): Judgement {
  const { text, mark } = splitMark(evidence.transcriptSoFar);
  if (text === '') return 'unclear';
  const words = wordsOf(evidence.language, text);
  if (words && endsWith(text, words.open)) return 'open';
  if (spellsNumber(text, words)) return 'open';
  if (words && !/[?？]/u.test(evidence.transcriptSoFar.slice(-2)) && breaksOff(text, words)) return 'open';
  if (evidence.punctuationMeansEnd) {
    if (mark === 'end') return 'ended';
    if (mark === 'open') return 'open';
  }
  if (words && endsWith(text, words.mostlyOpen)) return 'open';
  // A model that marks ends has written none here, however final the word is.
  if (evidence.punctuationMeansEnd) return 'unclear';
  return words && endsWith(text, words.closing) ? 'ended' : 'unclear';
}

const END_MARKS = /[.!?。！？]/u;
/**
 * The comma is not among them: Moonshine ends complete sentences with one (always the clip austen-0890), which delayed
 * these turns by 600 ms.
 */
const OPEN_MARKS = /[;:；：—–-]/u;
const TRAILING_MARKS = /[\p{P}\p{S}\s]+$/u;
/** An ellipsis means a voice that trails off, not an end. */
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

/** Whether the text ends with one of the words. Only in Han, which has no spaces, may an ending be a part of a word. */
function endsWith(text: string, endings: readonly string[]): boolean {
  return endings.some((ending) => {
    if (!text.endsWith(ending)) return false;
    if (/\p{Script=Han}/u.test(ending)) return true;
    const before = text.at(-ending.length - 1);
    return before === undefined || !/[\p{L}\p{N}']/u.test(before);
  });
}

/**
 * Models also put a full stop behind fragments ("Seven of.", "He might."). A phrase cannot end with such a word unless
 * it is a question; an auxiliary verb can be the last word after its subject ("Yes, it is.").
 */
function breaksOff(text: string, words: EndWords): boolean {
  if (endsWith(text, words.openUnlessAsked)) return true;
  const [, before, last] = /(?:^|([\p{L}']+)\s+)([\p{L}']+)$/u.exec(text) ?? [];
  return words.auxiliary.includes(last ?? '') && !words.subjects.includes(before ?? '');
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
