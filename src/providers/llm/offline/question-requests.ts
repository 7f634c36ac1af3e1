import { leadingChineseNumber } from './chinese-numbers.js';
import { englishNumber } from './english-numbers.js';
import { findUnit } from './known-units.js';
import { closeUp, joined, request, type ToolRequest } from './tool-request.js';

type Found = ToolRequest | undefined;

const LUNAR_EN = joined(
  String.raw`^(?:what(?:'s| is) (?:the |today's )?lunar date|what(?:'s| is)`,
  String.raw` the date in the (?:chinese )?lunar calendar`,
  String.raw`|what lunar (?:date|day) is (?:it|today|tomorrow))(?: (?<day>today|tomorrow))?$`,
);
const DAY_ZH = '(?<day>今天|今日|明天|明日|后天)';
const LUNAR_ZH = new RegExp(
  `^(?:${DAY_ZH}(?:是)?(?:的)?(?:农历|阴历)|(?:农历|阴历)${DAY_ZH.replace('day', 'day2')}(?:是)?)(?:是)?(?:几月)?` +
    '(?:几号|几|初几|几日|多少号|多少|什么日子|日期)(?:是)?(?:多少|几号|什么)?$',
);
const FESTIVAL_EN = joined(
  String.raw`^(?:when is|what day is|how (?:long|many days)(?: is it| are there)? (?:until`,
  String.raw`|till|to)) (?:the )?(?:next )?`,
  String.raw`(?<name>spring festival|chinese new year`,
  String.raw`|lunar new year|lantern festival|qingming|dragon boat festival`,
  String.raw`|mid autumn festival|double ninth|new year|new year's day|labour day|national day|christmas(?: eve| day)?`,
  String.raw`|qixi(?: festival)?|(?:winter|summer) solstice|mother's day|father's day|children's day|valentine's day`,
  String.raw`|thanksgiving(?: day)?|halloween|good friday|easter(?: sunday| monday)?|pentecost)`,
  String.raw`(?: this year)?$`,
);
const FESTIVALS_ZH =
  '春节|除夕|元宵节|清明节?|端午节?|七夕节?|中秋节?|重阳节?|腊八节?|元旦|劳动节|儿童节|教师节|国庆节?|圣诞节?' +
  '|复活节|耶稣受难日|圣灵降临节|立春|春分|立夏|夏至|立秋|秋分|立冬|冬至';
const FESTIVAL_ZH = new RegExp(
  `^(?:(?:今年|下一?个)?(?:的)?(?<name>${FESTIVALS_ZH})(?:是|在)?(?:哪一?天|几月几[号日]|几号|什么时候)` +
    `|(?:离|距离|距)(?<name2>${FESTIVALS_ZH})还?有(?:多少|几)天|还有(?:多少|几)天(?:到|就是|过)?(?<name3>${FESTIVALS_ZH}))$`,
);

export function calendar(text: string): Found {
  const close = text.replace(/\s/g, '');
  const lunar = (LUNAR_EN.exec(text) ?? LUNAR_ZH.exec(close))?.groups;
  if (lunar) {
    const named = /what lunar (?:date|day) is tomorrow/.test(text) ? 'tomorrow' : (lunar['day'] ?? lunar['day2'] ?? '');
    const days = { tomorrow: 1, 明天: 1, 明日: 1, 后天: 2 }[named];
    return request('get_date_info', {}, days === undefined ? {} : { days });
  }
  const festival = (FESTIVAL_EN.exec(text) ?? FESTIVAL_ZH.exec(close))?.groups;
  const name = festival?.['name'] ?? festival?.['name2'] ?? festival?.['name3'];
  return name === undefined ? undefined : request('get_date_info', { festival: name });
}

const CONVERT_EN: readonly RegExp[] = [
  joined(
    /^(?:how (?:far|long|much|many|heavy|hot|cold|warm|tall|high|big|fast) (?:is|are)|what(?:'s| is| are))/,
    / (?<amount>.{1,60}?) in (?<to>[a-z ]{1,30})$/,
  ),
  /^convert (?<amount>.{1,60}?) (?:to|into) (?<to>[a-z ]{1,30})$/,
  /^how many (?<to>[a-z ]{1,30}?) (?:are there in|are in|is in|are|is|in|make) (?<amount>.{1,60})$/,
];
const CONVERT_ZH =
  /^(?<from>\p{L}{1,8}?)(?:(?:是|等于|合|有|相当于)(?:多少|几)|(?:换算成|换算为|换成)(?:多少)?)(?<to>\p{L}{1,8})$/u;
/** Not converted, because these units have no fixed length. An average is no answer to "how many days has a year". */
const UNEVEN = /month|year|月|年/;

/** `heard` contains the minus sign, which `text` has lost. */
export function units(text: string, heard: string): Found {
  const { amount, from, to } = englishConversion(text) ?? chineseConversion(closeUp(text).replace(/\s/g, '')) ?? {};
  if (amount === undefined || from === undefined || to === undefined) return undefined;
  const source = findUnit(from);
  if (!source || source.kind !== findUnit(to)?.kind || UNEVEN.test(from + to)) return undefined;
  return request('convert_units', { amount: /(?:^|\s)[-−]\s?\d/u.test(heard) ? -amount : amount, from, to });
}

interface Conversion {
  readonly amount: number;
  readonly from: string;
  readonly to: string;
}

function englishConversion(text: string): Conversion | undefined {
  for (const pattern of CONVERT_EN) {
    const said = pattern.exec(text)?.groups;
    const words = said?.['amount']?.split(' ') ?? [];
    const sign = words[0] === 'minus' ? 1 : 0;
    const number = englishNumber(words, sign) ?? (/^an?$/.test(words[0] ?? '') ? { value: 1, words: 1 } : undefined);
    const from = number && words.slice(sign + number.words).join(' ');
    if (number && from !== undefined && from !== '' && findUnit(from))
      return { amount: sign === 1 ? -number.value : number.value, from, to: said?.['to'] ?? '' };
  }
  return undefined;
}

function chineseConversion(text: string): Conversion | undefined {
  const below = /^(?:零下|负)/.exec(text)?.[0].length ?? 0;
  const number = leadingChineseNumber(text.slice(below));
  const said = number && CONVERT_ZH.exec(text.slice(below + number.length))?.groups;
  if (!said) return undefined;
  return { amount: below > 0 ? -number.value : number.value, from: said['from'] ?? '', to: said['to'] ?? '' };
}

const THING_EN = '(?:light|lamp|fan|heater|heating|plug|socket|blind|curtain|shutter|tv|door|window|garage door)';
const IS_ON_EN = new RegExp(
  `^(?:is|are) (?:the |my )?(?<name>(?:[a-z]+ ){0,3}?${THING_EN})s?(?: in (?:the |my )?(?<room>[a-z ]{2,30}?))?` +
    ' (?:still )?(?:switched |turned )?(?:on|off|open|closed|shut)(?: or (?:on|off|open|closed))?$',
);
const IS_ON_ZH = joined(
  /^(?<name>\p{Script=Han}{0,8}?(?:灯|窗帘|百叶窗|空调|风扇|暖气|插座|电视|加湿器|净化器|门|窗户?))/u,
  /(?:还|现在)?(?:是不是)?(?:还)?(?:开着|关着|亮着|开了|关了|关上了|关好了|打开了)的?(?:吗|没有|没|么)?$/u,
);

export function homeState(text: string): Found {
  const english = IS_ON_EN.exec(text)?.groups;
  if (english) {
    const room = english['room'];
    return request('home_find', { name: `${room === undefined ? '' : `${room} `}${english['name']}` });
  }
  const close = text.replace(/\s/g, '');
  const name = /吗$|没有?$|么$|是不是/.test(close) ? IS_ON_ZH.exec(close)?.groups?.['name'] : undefined;
  return name === undefined ? undefined : request('home_find', { name: name.replaceAll('的', '') });
}

const NEWS = joined(
  String.raw`^(?:(?:what(?:'s| is| are)|read|read me|give me) )?(?:the |in the )(?:latest |top |today's )?`,
  String.raw`(?:news(?: headlines)?|headlines)(?: today| of today| of the day)?$`,
  String.raw`|^(?:今天|最近)?(?:有|有没有)(?:什么|哪些)?(?:最新的?|新的?|重要的?)?新闻$`,
  String.raw`|^(?:读|念|播报|说说|讲讲|报)(?:一下)?(?:今天的?|今日的?|最新的?)?新闻(?:头条|标题)?$`,
  String.raw`|^(?:今天的?|今日的?|最新的?)?新闻(?:头条|标题)?(?:是什么|有哪些|有什么)$`,
);

export const news = (text: string): Found => (NEWS.test(closeUp(text)) ? request('get_news') : undefined);
