import { leadingChineseNumber } from './chinese-numbers.js';
import { englishDuration, leadingChineseDuration } from './durations.js';
import { englishNumber } from './english-numbers.js';

/** A time of day that was said; `days` from today, undefined: the next time that it comes. */
export interface SaidTime {
  readonly hour: number;
  readonly minute: number;
  readonly days: number | undefined;
}

/** Something that a tool of the server does. `at`: to be filled in as the local date and time. */
export interface ToolRequest {
  readonly kind: 'request';
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly at?: SaidTime;
}

type Found = ToolRequest | undefined;
const request = (tool: string, args: Readonly<Record<string, unknown>> = {}, at?: SaidTime): ToolRequest => ({
  kind: 'request',
  tool,
  arguments: args,
  ...(at && { at }),
});

/** Finds a request to a tool of the server in a text without polite words. Undefined: there is none. */
export function understandRequest(text: string): Found {
  return timer(text) ?? alarm(text) ?? reminders(text) ?? weather(text) ?? lists(text) ?? home(text) ?? music(text);
}

/** Joins parts into one pattern, because no line may be as long as the whole. */
const joined = (...parts: readonly RegExp[]): RegExp => new RegExp(parts.map(({ source }) => source).join(''), 'u');

const TIMER_EN = joined(
  /^(?:set |start |begin |make )?(?:me )?(?:up )?(?:a |an |the )?/,
  /(?:(?<name>[a-z]+) )?timer (?:for |of )?(?<length>.+)$/,
);
const LENGTH_TIMER_EN = /^(?:set |start )?(?:a |an )?(?<length>.+?) timer(?: for (?:the )?(?<name>[a-z ]{1,40}))?$/;
const REMIND_IN_EN = /^remind me (?:in (?<length>.+?) to (?<text>.+)|to (?<text2>.+) in (?<length2>.+))$/;

function timer(text: string): Found {
  for (const pattern of [TIMER_EN, LENGTH_TIMER_EN]) {
    const { name, length } = pattern.exec(text)?.groups ?? {};
    const seconds = length === undefined ? undefined : englishDuration(length);
    if (seconds !== undefined) return request('set_timer', { seconds, ...(name !== undefined && { name }) });
  }
  const remind = REMIND_IN_EN.exec(text)?.groups;
  const said = remind?.['text'] ?? remind?.['text2'];
  const inSeconds = englishDuration(remind?.['length'] ?? remind?.['length2'] ?? '');
  if (said !== undefined && inSeconds !== undefined)
    return request('set_reminder', { kind: 'reminder', in_minutes: inSeconds / 60, text: said });
  return chineseTimer(text.replace(/\s/g, ''));
}

function chineseTimer(text: string): Found {
  const start = /^(?:(?:设|定|开|来|设置|设定|开始)(?:一?个(?!半))?)?/.exec(text)?.[0].length ?? 0;
  const before = leadingChineseDuration(text.slice(start))
    ? null
    : /^(?<name>\p{L}{0,6}?)(?:倒计时|计时器?|定时器?)/u.exec(text.slice(start));
  const at = start + (before?.[0].length ?? 0);
  const length = leadingChineseDuration(text.slice(at));
  if (!length) return undefined;
  const after = text.slice(at + length.length);
  const name = before?.groups?.['name'];
  if (before ? after === '' : /^(?:的|后|以后|之后)?(?:倒计时|计时器?|定时器?)$/.test(after))
    return request('set_timer', { seconds: length.seconds, ...(name !== undefined && name !== '' && { name }) });
  const remind = /^(?:后|以后|之后)(?:记得)?(?:提醒|叫)我(?<text>.{1,40})$/.exec(after)?.groups?.['text'];
  return remind === undefined
    ? undefined
    : request('set_reminder', { kind: 'reminder', in_minutes: length.seconds / 60, text: remind });
}

const ALARM_EN =
  /^(?:set |make )?(?:an |the |my )?alarm (?:for |at )(?<time>.+)$|^wake me(?: up)? (?:at )?(?<time2>.+)$/;
const ALARM_ZH =
  /^(?:(?:设|定|设置|设定)(?:一?个)?)?(?<time>(?:今天|明天|后天)?(?:凌晨|早上|早晨|上午|中午|下午|晚上)?.{1,8}?点.{0,5}?)(?:的闹钟|闹钟|叫我起床|叫醒我|叫我)$/;

function alarm(text: string): Found {
  const en = ALARM_EN.exec(text)?.groups;
  const english = englishTime(en?.['time'] ?? en?.['time2'] ?? '');
  if (english) return request('set_reminder', { kind: 'alarm' }, english);
  const chinese = chineseTime(ALARM_ZH.exec(text.replace(/\s/g, ''))?.groups?.['time'] ?? '');
  return chinese && request('set_reminder', { kind: 'alarm' }, chinese);
}

/** A time such as `7`, `seven thirty`, `7:30 pm`, `half past six tomorrow`. */
function englishTime(text: string): SaidTime | undefined {
  const tomorrow = /\btomorrow(?: morning)?\b/.test(text);
  const pm = /\bp ?\.?m\b|\b(?:in the )?(?:evening|afternoon)\b|\btonight\b/.test(text);
  const am = /\ba ?\.?m\b|\bmorning\b/.test(text);
  const plain = text
    .replace(/\b(?:tomorrow|today|tonight|in the|morning|evening|afternoon|o'?clock|[ap] ?\.?m\b\.?|at)/g, ' ')
    .replace(/(\d):(\d)/g, '$1 $2')
    .trim();
  const half = plain.startsWith('half past ');
  const words = plain.replace(/^half past /, '').split(/[\s-]+/);
  const hours = englishNumber(words, 0);
  if (!hours || !Number.isInteger(hours.value) || hours.value > 24) return undefined;
  const minutes = words.length > hours.words ? englishNumber(words, hours.words) : { value: half ? 30 : 0, words: 0 };
  if (!minutes || hours.words + minutes.words !== words.length || minutes.value > 59) return undefined;
  const hour = pm && hours.value < 12 ? hours.value + 12 : am && hours.value === 12 ? 0 : hours.value % 24;
  return { hour, minute: minutes.value, days: tomorrow ? 1 : undefined };
}

const DAYS_ZH: Readonly<Record<string, number>> = { 今天: 0, 明天: 1, 后天: 2 };

/** A time such as `明天早上七点半`. */
function chineseTime(text: string): SaidTime | undefined {
  const start = /^(今天|明天|后天)?(凌晨|早上|早晨|上午|中午|下午|晚上)?/.exec(text);
  const rest = text.slice(start?.[0].length ?? 0);
  const hours = leadingChineseNumber(rest);
  if (!hours || hours.value > 24 || !rest.startsWith('点', hours.length)) return undefined;
  const after = rest.slice(hours.length + 1).replace(/^[整钟]/, '');
  const minutes = after === '' ? 0 : after === '半' ? 30 : after === '一刻' ? 15 : leadingChineseNumber(after)?.value;
  if (minutes === undefined || minutes > 59) return undefined;
  const late = ['下午', '晚上'].includes(start?.[2] ?? '') && hours.value < 12;
  return { hour: (hours.value + (late ? 12 : 0)) % 24, minute: minutes, days: DAYS_ZH[start?.[1] ?? ''] };
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/timer|计时|定时/, 'timer'],
  [/alarm|闹钟/, 'alarm'],
  [/reminder|提醒/, 'reminder'],
];
const kindIn = (text: string): { readonly kind?: string } => {
  const kind = KINDS.find(([pattern]) => pattern.test(text))?.[1];
  return kind === undefined ? {} : { kind };
};
const CANCEL = joined(
  /^(?:cancel|delete|stop|remove|turn off|clear) (?:the |my |all |all the |all my )*(?:timers?|alarms?|reminders?)$/,
  /|^(?:取消|关掉|关闭|停止|删除|删掉|清除)(?:所有|全部)?的?(?:倒计时|计时器?|定时器?|闹钟|提醒)$/,
);
const CANCEL_NAMED_EN =
  /^(?:cancel|delete|stop|remove|turn off) (?:the |my )?(?<name>[a-z ]{1,40}?) (?:timer|alarm|reminder)$/;
const CANCEL_NAMED_ZH = /^(?:取消|关掉|停止|删除|删掉)(?<name>\p{Script=Han}{1,8}?)的?(?:计时器?|定时器?|闹钟|提醒)$/u;
const LIST = joined(
  /^(?:what|which) (?:timers|alarms|reminders)(?: (?:are set|are there|do i have|have i set))?$/,
  /|^how (?:much time|long) is left(?: on (?:the|my) timer)?$/,
  /|^(?:现在)?(?:有|设了|定了)?(?:哪些|什么|几个)(?:计时器?|定时器?|闹钟|提醒)$/,
  /|^(?:计时器?|倒计时)?还(?:剩|有)多(?:久|少时间|长时间)$/,
);

function reminders(text: string): Found {
  const close = text.replace(/(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu, '');
  if (CANCEL.test(close))
    return request('cancel_reminder', {
      ...kindIn(close),
      ...(/\ball\b|timers|alarms|reminders|所有|全部/.test(close) && { all: true }),
    });
  const which = (CANCEL_NAMED_EN.exec(close) ?? CANCEL_NAMED_ZH.exec(close))?.groups?.['name'];
  if (which !== undefined) return request('cancel_reminder', { ...kindIn(close), which });
  return LIST.test(close) ? request('list_reminders', kindIn(close)) : undefined;
}

const WEATHER_EN = joined(
  /^(?:(?:what|how)(?:'s| is| will)(?: be)? the )?weather(?: (?:be )?like)?(?: forecast)?/,
  /(?: (?<day>today|tomorrow))?(?: (?:in|for) (?<place>[a-z ]{2,40}?))?(?: (?<day2>today|tomorrow))?$/,
  /|^(?:will it|is it going to) (?:rain|snow)(?: (?<day3>today|tomorrow))?$/,
  /|^do i need an umbrella(?: (?<day4>today|tomorrow))?$/,
);
const WEATHER_ZH = joined(
  /^(?<day>今天|明天|后天)?(?<place>\p{Script=Han}{2,8}?)??(?<day2>今天|明天|后天)?的?/u,
  /天气(?:怎么样|如何|好吗|预报|好不好)?$/,
  /|^(?<day3>今天|明天|后天)?(?:会|要)?(?:不会)?下(?:雨|雪)吗?$/,
);

function weather(text: string): Found {
  const close = text.replace(/(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu, '');
  const said = (WEATHER_EN.exec(close) ?? WEATHER_ZH.exec(close))?.groups;
  if (!said) return undefined;
  const named = said['day'] ?? said['day2'] ?? said['day3'] ?? said['day4'] ?? '';
  const day = { tomorrow: 1, 明天: 1, 后天: 2 }[named] ?? 0;
  const place = said['place'];
  return request('get_weather', { ...(day > 0 && { day }), ...(place !== undefined && place !== '' && { place }) });
}

const ADD_EN = /^(?:add|put) (?<items>.{1,80}) (?:to|on) (?:the |my )?shopping list$/;
const ADD_ZH = /^(?:把)?(?<items>.{1,40}?)(?:加到|加进|加入|放到|放进|记到|写到|添加到)购物清单(?:里|上|中)?$/;
const OFF_EN =
  /^(?:take|remove|delete|cross) (?:the )?(?<items>.{1,80}?)(?: off| from) (?:of )?(?:the |my )?shopping list$/;
const OFF_ZH = /^(?:把)?(?<items>.{1,40}?)(?:从购物清单(?:里|上|中)?)(?:划掉|删掉|删除|去掉|拿掉)$/;
const READ =
  /^what(?:'s| is) on (?:the |my )?shopping list$|^(?:购物清单)(?:里|上)?(?:都)?有(?:什么|啥|哪些)(?:东西)?$/;

function lists(text: string): Found {
  const close = text.replace(/\s/g, '');
  const added = (ADD_EN.exec(text) ?? ADD_ZH.exec(close))?.groups?.['items'];
  if (added !== undefined) return request('list_add', { list: 'shopping', items: itemsIn(added) });
  const off = (OFF_EN.exec(text) ?? OFF_ZH.exec(close))?.groups?.['items'];
  if (off !== undefined) return request('list_remove', { list: 'shopping', items: itemsIn(off) });
  return READ.test(text) ? request('list_read', { list: 'shopping' }) : undefined;
}

const THING_EN = '(?:[a-z ]{2,30} )?(?:lights?|lamps?|fan|heater|heating|plug|socket|blinds?|curtains?|shutters?|tv)';
const SWITCH_EN = [
  new RegExp(`^(?:turn|switch) (?<way>on|off) (?:the |my )?(?<name>${THING_EN})$`),
  new RegExp(`^(?:turn|switch) (?:the |my )?(?<name>${THING_EN}) (?<way>on|off)$`),
  new RegExp(`^(?<way>open|close) (?:the |my )?(?<name>${THING_EN})$`),
];
const THING_ZH = String.raw`\p{Script=Han}{0,8}?(?:灯|窗帘|百叶窗|空调|风扇|暖气|插座|电视|加湿器|净化器)`;
const SWITCH_ZH = [
  new RegExp(`^(?<way>打开|开|关掉|关闭|关上|关|拉开|拉上)(?<name>${THING_ZH})$`, 'u'),
  new RegExp(`^(?:把)?(?<name>${THING_ZH})(?<way>打开|开一下|关掉|关上|关了|关一下|拉开|拉上)$`, 'u'),
];

/** A request to switch a thing that stands in a home. Any other thing is for a language model. */
function home(text: string): Found {
  const close = text.replace(/\s/g, '');
  const said = [...SWITCH_EN.map((one) => one.exec(text)), ...SWITCH_ZH.map((one) => one.exec(close))];
  const { name, way } = said.find((one) => one !== null)?.groups ?? {};
  if (name === undefined || way === undefined) return undefined;
  return request('home_control', {
    name: name.replaceAll('的', ''),
    action: /^(?:off|close|关.*|拉上)$/.test(way) ? 'turn_off' : 'turn_on',
  });
}

const itemsIn = (text: string): readonly string[] => text.split(/ and |和|跟|、|, /).filter((item) => item !== '');

const MUSIC: readonly (readonly [RegExp, string])[] = [
  [/^(?:next|skip)(?: song| track| one)?$|^(?:播放)?下一(?:首|曲|个|集)$|^换一首$/, 'next'],
  [/^(?:previous|go back)(?: song| track| one)?$|^上一(?:首|曲|个|集)$/, 'previous'],
  [/^pause(?: the music)?$|^暂停(?:播放|音乐)?$/, 'pause'],
  [/^(?:resume|continue)(?: playing| the music)?$|^(?:继续)(?:播放|放|讲)?$/, 'resume'],
  [/^stop(?: the music| playing)?$|^(?:停|停下|停止|停止播放|别放了|别唱了|关掉音乐|停一下)$/, 'stop'],
  [/^what(?:'s| is)(?: this| playing)(?: song)?$|^(?:这是|现在放的是|正在放)(?:什么歌|什么|哪首歌)$/, 'what'],
];
const PLAY_EN = /^play (?:some |the |a )?(?<query>.{1,60})$/;
const PLAY_ZH = /^(?:播放|放|来|听|唱)(?:一?[首点个段])?(?<query>.{1,20})$/;

function music(text: string): Found {
  const close = text.replace(/(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu, '');
  const action = MUSIC.find(([pattern]) => pattern.test(close))?.[1];
  if (action !== undefined) return request('music_control', { action });
  const query = (PLAY_EN.exec(close) ?? PLAY_ZH.exec(close))?.groups?.['query'];
  if (query === undefined) return undefined;
  return request('play_music', /^(?:music|songs?|something|音乐|歌|歌曲|歌儿)$/.test(query) ? {} : { query });
}
