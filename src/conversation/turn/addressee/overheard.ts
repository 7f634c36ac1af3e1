import { editDistances, type LanguageTag, primarySubtag } from '../../../core/index.js';
import type { OverheardReason } from '../../../records/index.js';
import type { PieceVoice } from '../../../speech/listening/listening-port.js';
import { wordsIn } from '../../session/phrases.js';

export interface HeardEvidence {
  readonly text: string;
  readonly language: LanguageTag;
  readonly voice: PieceVoice;
  /** In dBFS. Undefined if nobody has talked yet. */
  readonly usualLevelDb: number | undefined;
  /** The device's words during or just before the utterance. */
  readonly played: string | undefined;
  readonly asked: boolean;
  /** The previous utterance, if it was ignored. */
  readonly ignored: string | undefined;
}

/** Speech from five times as far away is quieter by this much. A few words from there are not for the device. */
const QUIETER_DB = 15;
const FEW_WORDS = 6;
/** Speech from ten times as far away is quieter by this much. Even many words from there are not for the device. */
const MUCH_QUIETER_DB = 20;
/**
 * Shorter, less certain or quieter speech may be noise. A word that recognisers often invent is ignored if it has two
 * of these three properties.
 */
const SHORT_MS = 400;
const UNCERTAIN_PROBABILITY = 0.75;
const SOMEWHAT_QUIETER_DB = 8;
/** A person may also repeat a few words of the device, so fewer words are no echo. */
const ECHO_WORDS = 3;
const ECHO_CHARACTERS = 4;
/** Share of an echo's words that may differ from the words of the device. */
const ECHO_ERRORS = 0.25;
/** Share of words that may differ when a person repeats an ignored utterance. */
const SAME_ERRORS = 0.34;
const MOST_WORDS = 400;

/**
 * Undefined if the utterance is answered. A repeated utterance is answered, unless it is an echo or in a foreign
 * script.
 */
export function overheardAs(heard: HeardEvidence): OverheardReason | undefined {
  const words = wordsIn(heard.text).slice(0, MOST_WORDS);
  if (words.length === 0) return undefined;
  if (heard.played !== undefined && isEcho(words, heard.played)) return 'echo';
  if (isForeign(heard.text, heard.language)) return 'language';
  if (heard.ignored !== undefined && isLike(words, wordsIn(heard.ignored))) return undefined;
  if (SUBTITLE_CREDITS.test(heard.text)) return 'noise';
  if (isQuiet(words, heard)) return 'background';
  return isInvented(words, heard) ? 'noise' : undefined;
}

export function isMuchQuieter({ levelDb }: PieceVoice, usualLevelDb: number | undefined): boolean {
  return usualLevelDb !== undefined && usualLevelDb - levelDb > MUCH_QUIETER_DB;
}

function isQuiet(words: readonly string[], { voice, usualLevelDb }: HeardEvidence): boolean {
  if (usualLevelDb === undefined) return false;
  const quieterDb = usualLevelDb - voice.levelDb;
  const few = isHan(words) ? 2 * FEW_WORDS : FEW_WORDS;
  return isMuchQuieter(voice, usualLevelDb) || (quieterDb > QUIETER_DB && words.length <= few);
}

/** Words that recognisers often write for sounds without words. */
const INVENTED = new Set(
  (
    'yeah,yes,yep,thank you,thanks,the,a,i,you,and,so,oh,ok,okay,ah,bye,bye bye,no,well,right,hey,' +
    'good,go,one,it,啊,哦,呵,哈,哎,对,是,好,我,你,的,他,不,谢谢,好的,再见,はい,うん,네'
  )
    .split(',')
    .map((phrase) => wordsIn(phrase).join(' ')),
);

/** Interjections that ask for nothing. They are an answer only if the device has asked something. */
const SOUNDS = new Set('mm,mhm,hmm,hm,um,uh,huh,er,嗯,呃,唔,额'.split(','));

/** Recognisers have learned to write credits of subtitles for silence. */
const SUBTITLE_CREDITS =
  /字幕(?:由|by|志愿者|提供|製作|制作)|不吝点赞|明镜与点点|amara\.org|^thank(?:s| you) for watching\W*$|^谢谢(?:大家)?(?:的)?(?:观看|收看)\W*$/iu;

function isInvented(words: readonly string[], { voice, usualLevelDb, asked }: HeardEvidence): boolean {
  if (asked) return false;
  if (words.every((word) => SOUNDS.has(word))) return true;
  if (!INVENTED.has(words.join(' '))) return false;
  const weak = [
    voice.speechMs < SHORT_MS,
    voice.probability < UNCERTAIN_PROBABILITY,
    usualLevelDb !== undefined && usualLevelDb - voice.levelDb > SOMEWHAT_QUIETER_DB,
  ];
  return weak.filter(Boolean).length >= 2;
}

/**
 * Only these scripts can be foreign, if the language is none of those beside them. Latin and Chinese characters are
 * accepted in every language.
 */
const SCRIPTS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\p{Script=Hangul}/gu, ['ko']],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, ['ja']],
  [/\p{Script=Cyrillic}/gu, ['ru', 'uk', 'be', 'bg', 'sr', 'mk', 'kk', 'ky', 'mn', 'tg', 'tt']],
  [/\p{Script=Arabic}/gu, ['ar', 'fa', 'ur', 'ps', 'ug', 'ku', 'sd']],
  [/\p{Script=Thai}/gu, ['th']],
  [/\p{Script=Devanagari}/gu, ['hi', 'mr', 'ne', 'sa']],
  [/\p{Script=Hebrew}/gu, ['he', 'yi']],
  [/\p{Script=Greek}/gu, ['el']],
];

function isForeign(text: string, language: LanguageTag): boolean {
  const primary = primarySubtag(language);
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return SCRIPTS.some(
    ([script, languages]) => !languages.includes(primary) && 2 * (text.match(script)?.length ?? 0) > letters,
  );
}

function isEcho(words: readonly string[], played: string): boolean {
  if (words.length < (isHan(words) ? ECHO_CHARACTERS : ECHO_WORDS)) return false;
  return errorsWithin(words, wordsIn(played).slice(-MOST_WORDS)) <= ECHO_ERRORS * words.length;
}

function isLike(words: readonly string[], before: readonly string[]): boolean {
  const longer = Math.max(words.length, before.length);
  if (Math.abs(words.length - before.length) > SAME_ERRORS * longer) return false;
  return errorsWithin(words, before) <= SAME_ERRORS * longer;
}

const isHan = (words: readonly string[]): boolean => /^\p{Script=Han}/u.test(words[0] ?? '');

function errorsWithin(words: readonly string[], text: readonly string[]): number {
  return Math.min(...editDistances(words, text, { anywhere: true }));
}
