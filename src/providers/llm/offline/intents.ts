import { leadingChineseNumber } from './chinese-numbers.js';
import { englishNumber } from './english-numbers.js';
import { understandSum, type Sum } from './arithmetic.js';
import { correctedMusic } from './music-requests.js';
import { understandRequest } from './requests.js';
import type { ToolRequest } from './tool-request.js';

export type Level = 'volume' | 'brightness';
export type LevelChange = { readonly to: number } | { readonly by: number };

type Simple = 'time' | 'year' | 'greeting' | 'who' | 'abilities' | 'how_are_you' | 'thanks' | 'goodbye' | 'connect';

export type Intent =
  | { readonly kind: Simple }
  | { readonly kind: 'battery' }
  /** 0 is today, 1 tomorrow, 2 the day after, -1 yesterday. */
  | { readonly kind: 'date'; readonly days: -1 | 0 | 1 | 2 }
  | { readonly kind: 'sum'; readonly sum: Sum }
  | { readonly kind: 'ask_level'; readonly level: Level }
  | { readonly kind: 'change_level'; readonly level: Level; readonly change: LevelChange }
  | ToolRequest
  | { readonly kind: 'unknown'; readonly heard: string };

/** The firmware's own buttons step by 10 of 100. */
const STEP = 10;
const MAX_CHARS = 200;
/** No utterance is longer. */
const MAX_HEARD_CHARS = 1000;

const whole = (...forms: readonly string[]): RegExp => new RegExp(`^(?:${forms.join('|')})$`);

const SIMPLE: readonly (readonly [Simple | 'battery', RegExp])[] = [
  [
    'time',
    whole(
      "(?:what(?:'s| is) the (?:current )?time|what time is it|what time it is|(?:do you )?(?:know |have )?the time" +
        '|tell me the time|time)(?: right)?(?: now)?',
      '(?:现在|这会儿|这个时候|北京时间|目前)?(?:是|都)?(?:几点|什么时间|什么时候|多晚|时间)(?:钟)?(?:了|呀|啊|呢|吗)*',
      '报时|报一下时|报个时|几点钟',
    ),
  ],
  ['year', whole('what year is (?:it|this)|今年(?:是)?(?:哪一年|几几年|多少年|什么年份)')],
  [
    'battery',
    whole(
      "(?:what(?:'s| is)|how(?:'s| is)|how much) (?:the |your |my )?battery(?: level)?" +
        '(?: (?:left|is left|do you have(?: left)?))?',
      'battery(?: level)?',
      '(?:你|设备)?(?:还有|还剩|剩)?(?:多少|几)?(?:电量|电)(?:还有|还剩|是|剩)*(?:多少|几)?(?:了|呢|啊)*',
    ),
  ],
  [
    'who',
    whole(
      "who (?:are|r) you|what are you|what(?:'s| is) your name|introduce yourself",
      '你(?:是谁|是什么|是什么东西|叫什么|叫什么名字|叫啥)|介绍一下(?:你)?自己|自我介绍(?:一下)?|你是哪位',
    ),
  ],
  [
    'abilities',
    whole(
      'what can you do(?: for me)?|what do you do|help(?: me)?|how can you help(?: me)?',
      '你(?:会|能)(?:做|干)?(?:些)?(?:什么|啥|干什么)|你有什么(?:功能|本领|用)|帮助|怎么用',
    ),
  ],
  [
    'connect',
    new RegExp(
      '(?:connect|set ?up|configure|install|add) (?:a |the |you to a |you with a )?(?:language |ai |big |large )?' +
        '(?:model|llm)|(?:怎么|如何|怎样)?(?:连接|接入|配置|设置|安装|换)(?:一个)?(?:语言|大|语言大)?模型',
    ),
  ],
  [
    'how_are_you',
    whole(
      "how are you(?: doing)?(?: today)?|how(?:'s| is) it going|what's up",
      '你(?:好吗|怎么样|还好吗|最近怎么样|最近好吗|今天怎么样)',
    ),
  ],
  [
    'thanks',
    whole(
      '(?:ok |okay |great |good |no )?(?:thank you|thanks|cheers)(?: (?:so |very )?much| a lot| buddy)?',
      '(?:好的?)?(?:谢谢|多谢|感谢|谢了|谢啦)(?:你|您|你了|小智)?(?:啊|啦|呀)?',
    ),
  ],
  [
    'goodbye',
    whole(
      '(?:(?:ok |okay )?(?:goodbye|good bye|bye|bye bye|see you(?: later| tomorrow| soon)?|good night)' +
        '|再见|拜拜|拜|退出|关闭|晚安|回头见|明天见|下次见)(?:了|啦|吧|小智)?',
    ),
  ],
  [
    'greeting',
    whole(
      '(?:hi|hello|hey|hello there|hi there|hey there|howdy|good (?:morning|afternoon|evening)|你好|您好|嗨|哈喽|哈啰' +
        '|喂|在吗|你在吗|早上好|早安|下午好|晚上好|中午好|大家好)(?:啊|呀|呢)?',
    ),
  ],
];

const NAMED_DAY_EN = '(?:today|tomorrow|yesterday|the day after tomorrow)';
const DATE_EN = whole(
  "what(?:'s| is| was| will be)? (?:the )?(?:date|day)(?: of the week)?" +
    `(?: (?:is|was) (?:it|this|${NAMED_DAY_EN}))?(?: ${NAMED_DAY_EN})?`,
  "what day of the week is it(?: today| tomorrow)?|(?:the )?date|(?:the )?date today|today's date",
);
const DATE_ZH = new RegExp(
  '^(今天|今日|明天|明日|后天|昨天|现在)?(?:是|的)?(?:几月)?(?:几号|几日|多少号|什么日子|日期|星期几|周几|礼拜几)' +
    '(?:是)?(?:多少|几号|什么)?(?:了|呀|啊|呢)*$',
);

/** Never throws. A text of more than {@link MAX_CHARS} characters is unknown. */
export function understand(text: string): Intent {
  const heard = text.trim();
  if (heard.length > MAX_HEARD_CHARS) return { kind: 'unknown', heard };
  const plain = simplify(heard);
  if (plain.length > MAX_CHARS) return { kind: 'unknown', heard };
  if (plain === '') return heard === '' ? { kind: 'unknown', heard } : { kind: 'greeting' };
  const sum = understandSum(plain);
  if (sum) return { kind: 'sum', sum };
  const words = wordsIn(plain);
  const polite = withoutPoliteness(words);
  const simple = SIMPLE.find(([, pattern]) => pattern.test(polite) || pattern.test(words));
  if (simple) return { kind: simple[0] };
  return date(polite) ?? level(polite) ?? request(heard, polite) ?? { kind: 'unknown', heard };
}

const request = (heard: string, polite: string): ToolRequest | undefined =>
  correctedMusic(heard, (part) => understandRequest(withoutPoliteness(wordsIn(simplify(part))), part)) ??
  understandRequest(polite, heard);

const wordsIn = (plain: string): string =>
  plain
    .replace(/[^\p{L}\p{N}%' .]+|\.(?!\d)/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** Matches the assistant's name at the start of a text, with or without a greeting before the name. */
const CALLED = new RegExp(
  '^\\s*(?:(?:你好|您好|嗨|嘿|hi|hey|hello|ok|okay)[\\s,，、]*)?(?:小智|小志|小知|小至|xiao ?zhi)(?:同学)?' +
    '(?:(?:小智|小志)(?:同学)?)?(?=[\\s,，。、.!?！？]|$|\\P{ASCII})',
  'u',
);

function simplify(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(CALLED, '')
    .replace(/^[\s,，。、.!?！？]+|[\s,，。、.!?！？~]+$/gu, '');
}

const POLITE_EN =
  'please|hey|ok|okay|so|um|uh|well|can you|could you|would you|will you' +
  '|tell me|do you know|i want to know|let me know';
const POLITE_ZH =
  '请问一下|请问|请|麻烦你|麻烦|你能|你可以|能不能|可以|帮我|给我|那|那么|嗯|呃|你知道|告诉我|我想知道|我想问|问一下|说一下|把';
const POLITE_START_EN = new RegExp(`^(?:(?:${POLITE_EN}) )+`);
const POLITE_START_ZH = new RegExp(`^(?:${POLITE_ZH})+`);

function withoutPoliteness(words: string): string {
  return words
    .replace(POLITE_START_EN, '')
    .replace(/(?: please| now please| for me| thanks| thank you| buddy)+$/, '')
    .replace(POLITE_START_ZH, '')
    .replace(/(?:好吗|可以吗|行吗|谢谢|好不好)$/, '');
}

function date(text: string): Intent | undefined {
  if (DATE_EN.test(text))
    return {
      kind: 'date',
      days: /day after tomorrow/.test(text) ? 2 : /tomorrow/.test(text) ? 1 : /yesterday/.test(text) ? -1 : 0,
    };
  const zh = DATE_ZH.exec(text);
  if (!zh) return undefined;
  const named: Readonly<Record<string, 1 | 2 | -1>> = { 明天: 1, 明日: 1, 后天: 2, 昨天: -1 };
  return { kind: 'date', days: named[zh[1] ?? ''] ?? 0 };
}

const VOLUME = /volume|loud|quiet|\bsound\b|\bmute\b|speak (?:up|softer)|音量|声音|大声|小声|静音|响|太吵/;
const BRIGHTNESS = /bright|\bdim\b|\bdimmer\b|\bdarker\b|\bscreen\b|亮度|屏幕|亮一?点|暗一?点|调亮|调暗|变亮|变暗/;
const DIGIT_ZH = String.raw`[\d零一二两三四五六七八九十百]`;
/** Steps and multiples, as in "大两格". The size of a step is not known, so the number is not an amount. */
const STEPS_ZH = `${DIGIT_ZH}+个?[倍格档级]`;
const SOME_ZH = `(?:一?[点些]|一半|${STEPS_ZH})`;
const UP = new RegExp(
  String.raw`\b(?:up|louder|raise|increase|brighter|brighten|higher|more)\b` +
    `|调大|调高|大声|提高|增大|增加|加大|[大高响亮加]${SOME_ZH}|调亮|变亮|更亮|更大`,
);
const DOWN = new RegExp(
  String.raw`\b(?:down|quieter|lower|decrease|reduce|dim|dimmer|darker|softer|less|quiet)\b` +
    `|调小|调低|小声|降低|减小|减少|[小低轻暗减]${SOME_ZH}|调暗|变暗|更暗|更小|太吵|太响`,
);
const MOST = /\b(?:max|maximum|full|loudest|brightest|all the way up)\b|最大|最高|最响|最亮/;
const LEAST = /\b(?:mute|silent|min|minimum|quietest|dimmest|all the way down)\b|静音|最小|最低|最暗|别出声/;
const ASKS = /^(?:what|how)\b|多少|多大|几/;
const BY = new RegExp(String.raw`\bby\b|(?:加|减|提高|降低|增加|减少|调[高低大小])了?${DIGIT_ZH}`);
const HALF = /[到成为至](?:最[大高亮](?:音量|亮度)?的)?一半|\b(?:to|at) half\b|^half (?:volume|brightness)$/;
/** Numbers that are not amounts, as in "大一点" and "大声说一遍". */
const NO_AMOUNT = new RegExp(`一(?=[点下些半遍次])|${STEPS_ZH}`, 'g');
const FRACTION_ZH = new RegExp(`(${DIGIT_ZH}+)分之`);
/** Words that may surround a request about a level. Any other word means that the request is about something else. */
const AROUND_LEVEL = new Set(
  (
    'the a an your my this it its to at of by on is was make turn set put change adjust bring go be get give me us ' +
    "i can't cannot hear you up down all way much how what what's bit little lot too very more less slightly please " +
    'now and level percent % so device speaker display in half loud sound speak'
  ).split(' '),
);
/** A Chinese sentence with more characters is not about a level. */
const MAX_LEVEL_CHARS = 16;

function level(text: string): Intent | undefined {
  const isVolume = VOLUME.test(text);
  if (!isVolume && !BRIGHTNESS.test(text)) return undefined;
  if (!isAboutLevel(text)) return undefined;
  const of: Level = isVolume ? 'volume' : 'brightness';
  const amount = numberIn(text);
  // "by ten" and "加十" mean a step. Any other number means a target level.
  if (amount !== undefined && BY.test(text))
    return { kind: 'change_level', level: of, change: { by: DOWN.test(text) || /减/.test(text) ? -amount : amount } };
  if (amount !== undefined && amount >= 0 && amount <= 100)
    return { kind: 'change_level', level: of, change: { to: Math.round(amount) } };
  if (ASKS.test(text)) return { kind: 'ask_level', level: of };
  if (LEAST.test(text))
    return { kind: 'change_level', level: of, change: { to: /静音|mute|silent|别出声/.test(text) ? 0 : STEP } };
  if (MOST.test(text)) return { kind: 'change_level', level: of, change: { to: 100 } };
  if (DOWN.test(text)) return { kind: 'change_level', level: of, change: { by: -STEP } };
  if (UP.test(text)) return { kind: 'change_level', level: of, change: { by: STEP } };
  return undefined;
}

function isAboutLevel(text: string): boolean {
  const chinese = text.replace(/\p{ASCII}/gu, '');
  if (chinese.length > MAX_LEVEL_CHARS) return false;
  const words = text
    .replace(/\P{ASCII}+/gu, ' ')
    .replaceAll('%', ' ')
    .split(/[\s-]+/)
    .filter((word) => word !== '');
  for (let at = 0; at < words.length;) {
    const word = words[at] ?? '';
    const number = englishNumber(words, at);
    if (number) at += number.words;
    else if (
      AROUND_LEVEL.has(word) ||
      [VOLUME, BRIGHTNESS, UP, DOWN, MOST, LEAST].some((pattern) => pattern.test(word))
    )
      at += 1;
    else return false;
  }
  return true;
}

function numberIn(text: string): number | undefined {
  if (HALF.test(text)) return 50;
  const fraction = FRACTION_ZH.exec(text);
  if (fraction) {
    const whole = leadingChineseNumber(fraction[1] ?? '')?.value;
    const part = leadingChineseNumber(text.slice(fraction.index + fraction[0].length))?.value;
    return whole && part !== undefined ? (100 * part) / whole : undefined;
  }
  const chinese = text.replace(NO_AMOUNT, ' ');
  for (let at = 0; at < chinese.length; at++) {
    const number = leadingChineseNumber(chinese.slice(at, at + 24));
    if (number) return number.value;
  }
  const words = text.replaceAll('%', ' ').split(/[\s-]+/);
  for (let at = 0; at < words.length; at++) {
    const number = englishNumber(words, at);
    if (number) return number.value;
  }
  return undefined;
}
