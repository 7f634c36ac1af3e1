import type { PieceVoice } from '../../../speech/listening/listening-port.js';
import { lettersOf } from '../../dialogue/text/characters.js';
import { wordsIn } from '../../session/phrases.js';

/** Phrases that only show that a person is listening. Several in a row mean the same. */
const SIGNS = (
  '嗯,恩,唔,哦,噢,喔,啊,呃,额,诶,哎,呀,哇,对,对呀,对啊,好,好的,好吧,好啊,行,是,是的,是吗,是啊,真的,真的吗,没错,不错,这样,这样啊,原来如此,' +
  '明白,明白了,懂了,知道了,可以,哈,uh,uh huh,um,mm,mhm,mm hmm,hm,hmm,huh,yeah,yes,yep,yup,ya,right,all right,alright,ok,okay,' +
  'oh,oh my,okay then,alright then,all right then,' +
  'wow,i see,ah,aha,ha,sure,really,of course,exactly,true,got it,gotcha,cool,nice,great,good,fine,interesting,i know'
)
  .split(',')
  .map(wordsIn);

export function isBackchannel(text: string): boolean {
  return isMadeOf(wordsIn(text), SIGNS);
}

function isMadeOf(words: readonly string[], phrases: readonly (readonly string[])[]): boolean {
  const ends = new Set([0]);
  for (let at = 0; at < words.length; at++) {
    if (!ends.has(at)) continue;
    for (const phrase of phrases) if (phrase.every((word, i) => words[at + i] === word)) ends.add(at + phrase.length);
  }
  return words.length > 0 && ends.has(words.length);
}

/** Speech with one of these words is no sign of listening, however short it is. */
const COMMANDS = new Set(
  (
    'stop,wait,no,not,nope,hey,hello,pause,quiet,enough,cancel,silence,shush,shut,hush,hold,hang,next,again,repeat,' +
    'louder,quieter,softer,faster,slower,skip,back,go,play,turn,off,what,why,who,when,where,how,which,help,please,' +
    "sorry,excuse,pardon,never,don't,dont,wrong,less,more," +
    '停,等,别,不,没,谁,哪,换,关,开,喂,慢,快,大,小,下,上,走,滚,错,闭,静,够'
  ).split(','),
);

/** These words are commands only while music, a story or the radio plays. */
const MUSIC_COMMANDS = new Set([
  ...COMMANDS,
  "what's",
  "who's",
  ...'previous,mute,unmute,volume,resume,continue,song,track,station,title,replay,音,首,声,曲,歌,台,什,继,播'.split(
    ',',
  ),
]);

export function isMusicCommand(text: string): boolean {
  return wordsIn(text).some((word) => MUSIC_COMMANDS.has(word));
}

/** Synthesised signs of listening last up to 540 ms. */
const SIGN_MS = 600;
/** Two words within this time are really one or two misheard syllables. */
const TWO_WORDS_MS = 450;
/** In a sign of two words such as "oh nice", at least one interjection is usually recognised correctly. */
const INTERJECTIONS = new Set(
  'oh,ah,aha,ha,wow,yeah,yes,yep,yup,ya,okay,ok,right,alright,sure,uh,um,mm,hm,huh,nice'.split(','),
);
/** Synthesised signs of two words last up to 900 ms. */
const TWO_SIGNS_MS = 900;

/**
 * True if a short sound may be a misheard sign of listening, such as "Bright." for "right". Two words may last longer
 * if they are the same, or if one is an interjection.
 */
export function maybeBackchannel(text: string, { speechMs }: PieceVoice): boolean {
  const words = wordsIn(text);
  if (words.length === 0 || /[?？]\s*$/u.test(text) || words.some((word) => COMMANDS.has(word))) return false;
  const [first, second] = words;
  if (words.length === 2 && (first === second || words.some((word) => INTERJECTIONS.has(word))))
    return speechMs < TWO_SIGNS_MS;
  if (speechMs >= SIGN_MS) return false;
  if (/\p{Script=Han}/u.test(text)) return new Set(Array.from(lettersOf(text))).size === 1;
  return words.length === 1 || (words.length === 2 && speechMs < TWO_WORDS_MS);
}
