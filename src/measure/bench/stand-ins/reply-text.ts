import { pick, type Random, type UiLanguage } from '../../../core/index.js';
import { spokenUnits } from '../../../audio/index.js';

/** Time that the stand-in voice takes to speak one unit of `spokenUnits`. */
export const UNIT_MS = 60;

export interface ReplyText {
  /** Tokens as a language model streams them: a short word, half of a long word, or a punctuation mark. */
  readonly tokens: readonly string[];
  /** Includes the full stop. A server can begin to speak once it has these tokens. */
  readonly firstSentenceTokens: number;
  readonly firstSentence: string;
}

// Common words. None of them can be taken for an exit word, a wake word or a command.
const WORDS: Readonly<Record<UiLanguage, readonly string[]>> = {
  en: [
    'the garden river window morning evening people letter mountain village always before under around',
    'little quiet bright summer winter travel listen follow answer remember together water paper music',
    'story table market bridge forest island number color simple gentle early later often never every',
    'other many some keep bring carry build paint write reads over near with from into about between',
    'kitchen teacher children station weather picture machine building important different',
  ].flatMap((line) => line.split(' ')),
  zh: [
    '花园 河流 窗户 早上 晚上 人们 信件 高山 村庄 经常 以前 下面 周围 小小 安静 明亮 夏天 冬天',
    '旅行 听见 跟着 回答 记得 一起 清水 白纸 音乐 故事 桌子 市场 大桥 森林 海岛 数字 颜色 简单',
    '温和 很早 后来 时常 每个 其他 许多 一些 带来 建造 画画 写字 读书 靠近 关于 中间 厨房 老师',
    '孩子 车站 天气 图片 机器 房子 重要 不同',
  ].flatMap((line) => line.split(' ')),
};
/**
 * The first sentence is short, as the prompt asks, but long enough to be spoken separately from the next one. It has no
 * comma.
 */
const FIRST_SENTENCE_UNITS = { en: { from: 17, to: 30 }, zh: { from: 24, to: 31 } };
const SENTENCE_UNITS = { from: 28, to: 56 };
/** A longer word is two tokens, as with the usual vocabularies (four letters a token on average). */
const LONG_WORD_LETTERS = 7;

/** Writes a reply of that spoken length, to within half a word. The sentences are random words and rarely repeat. */
export function writeReply(random: Random, spokenMs: number, language: UiLanguage): ReplyText {
  const tokens: string[] = [];
  let firstSentenceTokens = 0;
  let remaining = Math.max(FIRST_SENTENCE_UNITS[language].from / 2, spokenMs / UNIT_MS);
  while (remaining > 0) {
    const first = firstSentenceTokens === 0;
    const range = first ? FIRST_SENTENCE_UNITS[language] : SENTENCE_UNITS;
    let length = Math.min(remaining, range.from + (range.to - range.from) * random());
    // This sentence takes a remainder that is too short for another sentence. The first sentence never does.
    if (!first && remaining - length < SENTENCE_UNITS.from / 2) length = remaining;
    const sentence = writeSentence(random, length, language, tokens.length > 0);
    tokens.push(...sentence);
    remaining -= spokenUnits(sentence.join(''));
    if (first) firstSentenceTokens = tokens.length;
    if (remaining < SENTENCE_UNITS.from / 4) break;
  }
  return { tokens, firstSentenceTokens, firstSentence: tokens.slice(0, firstSentenceTokens).join('') };
}

function writeSentence(random: Random, units: number, language: UiLanguage, spaced: boolean): string[] {
  const space = language === 'zh' ? '' : ' ';
  const tokens: string[] = [];
  let length = 0;
  do {
    const word = pick(random, WORDS[language]);
    const begins = tokens.length === 0;
    const written = (begins && !spaced ? '' : space) + (begins ? word.charAt(0).toUpperCase() + word.slice(1) : word);
    const half = word.length > LONG_WORD_LETTERS ? Math.ceil(written.length / 2) : written.length;
    tokens.push(written.slice(0, half));
    if (half < written.length) tokens.push(written.slice(half));
    length += spokenUnits(written);
  } while (length + averageWordUnits(language) / 2 < units - 1);
  tokens.push(language === 'zh' ? '。' : '.');
  return tokens;
}

function averageWordUnits(language: UiLanguage): number {
  return language === 'zh' ? 8 : 7;
}
