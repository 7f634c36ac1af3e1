import { FRAME_MS } from '../../../audio/index.js';
import { joinText } from '../../../core/index.js';

export interface SpokenSentence {
  readonly text: string;
  readonly packets: number;
  readonly complete: boolean;
}

/** About four CJK characters or three words per second. Used for sentences that are not completely encoded. */
const CJK_UNIT_MS = 250;
const WORD_MS = 330;

/** A Chinese character, a kana or a Hangul syllable is one unit. In other scripts, a word is one unit. */
const SYLLABIC = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}`;
const UNIT = new RegExp(`[${SYLLABIC}]|[^\\s${SYLLABIC}]+`, 'gu');
const CJK = new RegExp(`[${SYLLABIC}]`, 'u');

/** Returns the text that was heard after `playedMs`. An interrupted sentence counts in proportion. */
export function heardText(sentences: readonly SpokenSentence[], playedMs: number): string {
  const heard: string[] = [];
  let leftMs = playedMs;
  for (const sentence of sentences) {
    const madeMs = sentence.packets * FRAME_MS;
    if (sentence.complete && leftMs >= madeMs && (madeMs > 0 || leftMs > 0)) {
      heard.push(sentence.text);
      leftMs -= madeMs;
      continue;
    }
    const totalMs = sentence.complete ? madeMs : Math.max(madeMs, estimateMs(sentence.text));
    const cut = totalMs > 0 ? firstUnits(sentence.text, Math.min(leftMs, madeMs) / totalMs) : '';
    if (cut !== '') heard.push(cut);
    break;
  }
  return joinText(heard);
}

/** `part` is the spoken share of the text, 0 to 1. */
function firstUnits(text: string, part: number): string {
  const units = spokenUnits(text);
  const last = units[Math.floor(units.length * part) - 1];
  return last ? text.slice(0, last.index + last[0].length) : '';
}

function estimateMs(text: string): number {
  let ms = 0;
  for (const [unit] of spokenUnits(text)) ms += CJK.test(unit) ? CJK_UNIT_MS : WORD_MS;
  return ms;
}

/** Punctuation marks between spaces are not spoken. */
function spokenUnits(text: string): RegExpExecArray[] {
  return [...text.matchAll(UNIT)].filter(([unit]) => /[\p{L}\p{N}]/u.test(unit));
}
