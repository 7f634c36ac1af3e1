import { englishDuration, leadingChineseDuration } from './durations.js';
import { alarmIn, hourlyReminder } from './duration-requests.js';
import { lists, memory, message, role, theme, voice } from './household-requests.js';
import { music, story } from './music-requests.js';
import { calendar, homeState, news, units } from './question-requests.js';
import { englishWhen, leadingChineseWhen, type SaidWhen } from './said-times.js';
import { closeUp, inOwnWords, joined, request, type ToolRequest } from './tool-request.js';

type Found = ToolRequest | undefined;

const REQUESTS: readonly ((text: string, heard: string) => Found)[] = [
  alarmIn,
  timer,
  snooze,
  alarm,
  hourlyReminder,
  timedReminder,
  reminders,
  weather,
  calendar,
  lists,
  message,
  voice,
  memory,
  theme,
  homeState,
  home,
  units,
  news,
  role,
  story,
  music,
];

/** `text` contains no polite words. `heard` is the whole sentence. */
export function understandRequest(text: string, heard: string): Found {
  for (const row of REQUESTS) {
    const found = row(text, heard);
    if (found) return inOwnWords(found, heard);
  }
  return undefined;
}

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

const SNOOZE_EN = [
  /^(?:just |let me sleep |i want to sleep |give me )?(?:for )?(?<length>.{1,20}) more (?<unit>minutes?|hours?)$/,
  /^(?:let me sleep |i want to sleep |give me )?(?:for )?(?<length>.{1,20} (?:minutes?|hours?)) (?:more|longer)$/,
  /^(?:let me sleep |i want to sleep |give me )?(?:for )?another (?<length>.{1,30})$/,
  /^snooze(?: (?:the |my )?alarm)?(?: for (?<length>.{1,30}))?$/,
];
const SNOOZE_ZH = /^(?:(?:让我|我想?)?(?:再|多)(?:睡|躺|眯)|贪睡|(?<wait>过|等))/;
const SNOOZE_END_ZH = /^(?:一?会儿?|一下)?吧?$/;
const CALL_AGAIN_ZH = /^(?:一?会儿?)?(?:后|以后|之后)?再(?:叫|喊)我(?:起床|起来)?吧?$/;

/** "Five more minutes", "snooze", 再睡五分钟, 过十分钟再叫我. */
function snooze(text: string): Found {
  for (const pattern of SNOOZE_EN) {
    const found = pattern.exec(text);
    if (!found) continue;
    const { length, unit = '' } = found.groups ?? {};
    const seconds = length === undefined ? undefined : englishDuration(`${length} ${unit}`);
    if (length === undefined || seconds !== undefined) return snoozeFor(seconds);
  }
  const close = text.replace(/\s/g, '');
  const begin = SNOOZE_ZH.exec(close);
  if (!begin) return undefined;
  const rest = close.slice(begin[0].length);
  const length = leadingChineseDuration(rest);
  const end = begin.groups?.['wait'] === undefined ? SNOOZE_END_ZH : CALL_AGAIN_ZH;
  return end.test(rest.slice(length?.length ?? 0)) ? snoozeFor(length?.seconds) : undefined;
}

const snoozeFor = (seconds: number | undefined): ToolRequest =>
  request('snooze', seconds === undefined ? {} : { minutes: seconds / 60 });

const ALARM_EN = joined(
  /^(?:set |make )?(?:an |the |my )?alarm (?:for |at )?(?<time>.+)$/,
  /|^wake me(?: up)? (?<time2>.+)$|^(?<time3>.+) wake me(?: up)?$/,
);
const ALARM_ZH = /^(?:的?闹钟|(?:叫|喊)我(?:起床|起来)?|叫醒我|把我叫醒)$/;

function alarm(text: string): Found {
  const en = ALARM_EN.exec(text)?.groups;
  const english = englishWhen(en?.['time'] ?? en?.['time2'] ?? en?.['time3'] ?? '');
  if (english) return reminderAt('alarm', english);
  const close = text.replace(/\s/g, '').replace(/^(?:设|定|设置|设定)(?:一?个)?/, '');
  const chinese = leadingChineseWhen(close);
  return chinese && ALARM_ZH.test(close.slice(chinese.length)) ? reminderAt('alarm', chinese) : undefined;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function reminderAt(kind: string, { at, repeat, weekdays }: SaidWhen, text?: string): ToolRequest {
  const days = weekdays?.map((day) => DAYS[day]);
  const often = { ...(repeat && { repeat }), ...(days && { weekdays: days }) };
  return request('set_reminder', { kind, ...(text !== undefined && { text }), ...often }, { at });
}

/** The time precedes or follows the text of the reminder. The first valid time is taken. */
function timedReminder(text: string): Found {
  const first = /^(?:remind me (?<when>.{1,60}?)|(?<when2>.{1,60}?) remind me) to (?<text>.{1,80})$/.exec(text)?.groups;
  const before = first && englishWhen(first['when'] ?? first['when2'] ?? '');
  if (before) return reminderAt('reminder', before, first['text']);
  const words = /^remind me to (.+)$/.exec(text)?.[1]?.split(' ') ?? [];
  for (let at = 1; at < words.length; at++) {
    const after = /^(?:at|on|every|each|daily|tomorrow|today|tonight|the|in)$/.test(words[at] ?? '')
      ? englishWhen(words.slice(at).join(' '))
      : undefined;
    if (after) return reminderAt('reminder', after, words.slice(0, at).join(' '));
  }
  const close = text.replace(/\s/g, '');
  const begin = /^(?:记得)?(?:提醒|叫)我/.exec(close)?.[0].length ?? 0;
  const when = leadingChineseWhen(close.slice(begin));
  const rest = when && close.slice(begin + when.length);
  const thing = begin > 0 ? rest : /^(?:的时候)?(?:记得)?(?:提醒|叫|喊)我(?<text>.+)$/.exec(rest ?? '')?.[1];
  return when && thing !== undefined && /^(?!的|了).{1,40}(?<![吗没])$/.test(thing)
    ? reminderAt('reminder', when, thing)
    : undefined;
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
  /|^how (?:much time|long) is left(?: (?:on|for|of) (?:the|my) timer)?$/,
  /|^(?:现在)?(?:有|设了|定了)?(?:哪些|什么|几个)(?:计时器?|定时器?|闹钟|提醒)$/,
  /|^(?:现在|请问)?(?:这个|我的?)?(?:计时器?|定时器?|倒计时)?还(?:剩|有)多(?:久|少时间|长时间)$/,
);
const LEFT_NAMED = joined(
  /^how (?:much time|long) (?:is|do i have|have i got) left (?:on|for|of) (?:the |my )?(?<name>[a-z ]{1,40}) timer$/,
  /|^(?<name2>\p{Script=Han}{1,8}?)的?(?:倒计时|计时器?|定时器?)还(?:剩|有)多(?:久|少时间|长时间)$/u,
);

function reminders(text: string): Found {
  const close = closeUp(text);
  if (CANCEL.test(close))
    return request('cancel_reminder', {
      ...kindIn(close),
      ...(/\ball\b|timers|alarms|reminders|所有|全部/.test(close) && { all: true }),
    });
  const which = (CANCEL_NAMED_EN.exec(close) ?? CANCEL_NAMED_ZH.exec(close))?.groups?.['name'];
  if (which !== undefined) return request('cancel_reminder', { ...kindIn(close), which });
  if (LIST.test(close)) return request('list_reminders', kindIn(close));
  const { name, name2 } = LEFT_NAMED.exec(close)?.groups ?? {};
  const left = name ?? name2;
  return left === undefined ? undefined : request('list_reminders', { kind: 'timer', which: left });
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
  const close = closeUp(text);
  const said = (WEATHER_EN.exec(close) ?? WEATHER_ZH.exec(close))?.groups;
  if (!said) return undefined;
  const named = said['day'] ?? said['day2'] ?? said['day3'] ?? said['day4'] ?? '';
  const day = { tomorrow: 1, 明天: 1, 后天: 2 }[named] ?? 0;
  const place = said['place'];
  return request('get_weather', { ...(day > 0 && { day }), ...(place !== undefined && place !== '' && { place }) });
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

/** Recognises only known types of devices. A language model handles any other device. */
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
