import { lettersOf } from '../dialogue/text/characters.js';
import { type ApologyKey, type LanguageTag, uiLanguage, type UiLanguage } from '../../core/index.js';
import { sessionWords } from './words.js';

/** Sentences that the server says without a language model. */
export type PhraseKey = ApologyKey | 'greeting' | 'farewell' | 'filler' | 'one_moment' | 'tools_stuck' | 'stranger';

/**
 * The sentences are short because they interrupt, and they tell the user what to do. The greeting lasts at most 0.7 s,
 * because the user speaks right after the wake word.
 */
const PHRASES: Readonly<Record<UiLanguage, Readonly<Record<PhraseKey, string>>>> = {
  zh: {
    greeting: '我在。',
    farewell: '再见。',
    filler: '嗯，我想一下。',
    one_moment: '请稍等。',
    stranger: '对不起，我没有听出你是谁，只能回答认识的人。',
    tools_stuck: '对不起，这件事我没能办成，请换个说法再试。',
    busy: '现在有点忙，请过一会儿再叫我。',
    not_understood: '对不起，我没听清，请再说一遍。',
    asr_failed: '对不起，刚才没能听懂，请再说一遍。',
    model_downloading: '语音模型还在下载，请稍等。',
    model_missing: '还没有安装语音模型，请先在服务器上安装。',
    voice_missing: '现在没有会说中文的声音，请检查网络，或者在服务器上安装一个。',
    llm_no_key: '还没有设置语言模型的密钥，请先完成设置。',
    llm_bad_key: '语言模型的密钥不对，请检查设置。',
    llm_no_money: '语言模型的账户余额不足，请充值。',
    llm_rate_limited: '语言模型现在请求太多，请过一会儿再试。',
    llm_unreachable: '连不上语言模型，请检查网络。',
    llm_timeout: '语言模型一直没有回答，请再试一次。',
    llm_server_error: '语言模型出错了，请过一会儿再试。',
    llm_failed: '对不起，语言模型的回答没法用，请再试一次。',
    llm_no_model: '语言模型服务不认识所设的模型，请检查设置。',
    llm_bad_address: '语言模型的地址不对，请检查设置。',
    internal: '对不起，出了点问题，请再试一次。',
  },
  en: {
    greeting: 'Yes?',
    farewell: 'Goodbye.',
    filler: 'Let me think.',
    one_moment: 'One moment.',
    stranger: 'Sorry, I do not recognise your voice, and I only answer people I know.',
    tools_stuck: 'Sorry, I could not get that done. Please try it in other words.',
    busy: 'I am a bit busy right now, please try again in a moment.',
    not_understood: 'Sorry, I did not catch that. Please say it again.',
    asr_failed: 'Sorry, I could not make that out. Please say it again.',
    model_downloading: 'The speech model is still downloading, please wait.',
    model_missing: 'The speech model is not installed. Please install it on the server.',
    voice_missing: 'No voice for your language can be reached. Please check the network, or install one on the server.',
    llm_no_key: 'The language model has no key yet. Please finish the setup.',
    llm_bad_key: 'The key of the language model is wrong. Please check the settings.',
    llm_no_money: 'The account at the language model has no credit left.',
    llm_rate_limited: 'The language model has too many requests. Please try again in a moment.',
    llm_unreachable: 'I cannot reach the language model. Please check the network.',
    llm_timeout: 'The language model did not answer. Please try again.',
    llm_server_error: 'The language model has a problem. Please try again in a moment.',
    llm_failed: 'Sorry, the language model gave no usable answer. Please try again.',
    llm_no_model: 'The language service does not know the chosen model. Please check the settings.',
    llm_bad_address: 'The address of the language model is wrong. Please check the settings.',
    internal: 'Sorry, something went wrong. Please try again.',
  },
};

export const PHRASE_KEYS = Object.keys(PHRASES.en) as readonly PhraseKey[];

export function phrase(language: LanguageTag, key: PhraseKey): string {
  return PHRASES[uiLanguage(language)][key];
}

export function busyStatus(language: LanguageTag): string {
  return sessionWords.busyStatus[uiLanguage(language)];
}

/**
 * The progress of a download, which is shown on the screen. The progress is not spoken, because only sentences that do
 * not change are synthesised in advance.
 */
export function percentNote(language: LanguageTag, percent: number): string {
  return uiLanguage(language) === 'zh' ? `（${percent}%）` : ` (${percent}%)`;
}

/** Sentences that are synthesised in advance, because they may be needed at any moment. */
export function spokenPhrases(language: LanguageTag): readonly string[] {
  return Object.values(PHRASES[uiLanguage(language)]);
}

/** Utterances that end a conversation. They are compared after {@link lettersOf}. */
export const EXIT_WORDS: readonly string[] = [
  '退出',
  '关闭',
  '再见',
  '拜拜',
  'goodbye',
  'good bye',
  'bye',
  'bye bye',
  'exit',
  'quit',
];

/** Words with which people stop a reminder while it is being spoken. */
export const STOP_WORDS: readonly string[] = (
  'stop,stop it,stop that,please stop,okay stop,ok stop,enough,that is enough,be quiet,quiet,shut up,' +
  '停,停下,停止,停一下,别说了,不要说了,安静,够了,闭嘴'
).split(',');

export function isExitUtterance(text: string, words: readonly string[]): boolean {
  const said = lettersOf(text);
  return said !== '' && words.some((word) => lettersOf(word) === said);
}

const REQUEST = /^(?:please\b|(?:can|could|will|would) you\b)|^(?:请|帮我|给我|能不能)/iu;
const QUESTION = new RegExp(
  [
    /[?？][\s"'”’]*$/,
    /^(?:(?:and|so|well),? )?(?:who|whose|what|which|when|where|why|how|is|are|was|were)\b/,
    /^(?:(?:and|so|well),? )?(?:do|does|did|has|have|can|could|should)\b/,
    /什么|怎么|为何|谁|哪|几[点个岁]|多少|是不是|有没有|[吗呢][。！]?$/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'iu',
);

/** A question gets `filler`. Any other request gets `one_moment`. */
export function fillerFor(text: string): 'filler' | 'one_moment' {
  return !REQUEST.test(text.trim()) && QUESTION.test(text.trim()) ? 'filler' : 'one_moment';
}

const CJK = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]`;
const WORD = new RegExp(String.raw`${CJK}|(?:(?!${CJK})[\p{L}\p{N}'’])+`, 'gu');

/** The words of the text in lower case. In Chinese and Japanese each character is a word. */
export function wordsIn(text: string): readonly string[] {
  return text.normalize('NFKC').toLowerCase().match(WORD) ?? [];
}

/** Like {@link wordsIn}, without the ending of an English plural. */
export function wordStemsIn(text: string): readonly string[] {
  return wordsIn(text).map((word) => word.replace(/(?<=[^aeiou]o|x|ss|ch|sh)es$|(?<=..[^s])s$/, ''));
}

/** In Chinese and Japanese each character is a word. */
export function countWords(text: string): number {
  return wordsIn(text).length;
}

/**
 * Removes fillers and apologies from the heard part of an answer, because they do not belong in the history. `heard`
 * may end in the middle of a filler or an apology.
 */
export function withoutAsides(heard: string, asides: readonly string[]): string {
  let text = heard.trim();
  for (const aside of asides) {
    if (aside.startsWith(text)) return '';
    if (text.startsWith(aside)) text = text.slice(aside.length).trim();
    if (text.endsWith(aside)) text = text.slice(0, -aside.length).trim();
  }
  return text;
}
