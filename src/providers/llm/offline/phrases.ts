import type { UiLanguage } from '../../../core/index.js';
import { chineseDigits, chineseNumber } from './chinese-numbers.js';
import type { Level } from './intents.js';

/** The phrases are short, because a small voice speaks them. */
interface Phrases {
  readonly greeting: string;
  readonly who: string;
  readonly abilities: string;
  readonly how_are_you: string;
  readonly thanks: string;
  readonly goodbye: string;
  /** Tells the user to connect a model. The history shows whether the assistant has already said this. */
  readonly connect: string;
  readonly repeat: (heard: string) => string;
  readonly noTool: (level: Level) => string;
  readonly noBattery: string;
  readonly toolFailed: string;
  readonly requestFailed: string;
  readonly cannot: string;
  readonly ok: string;
  readonly needsNumber: string;
  readonly level: (level: Level, value: number) => string;
  readonly levelSet: (level: Level, value: number) => string;
  readonly atLimit: (level: Level, value: number) => string;
  readonly battery: (percent: number, charging: boolean) => string;
  readonly nothing: string;
  readonly time: (clock: string) => string;
  readonly year: (year: number) => string;
  /** Stands between the two amounts of a conversion. */
  readonly equals: string;
  readonly userSaid: (fact: string) => string;
}

const EN: Phrases = {
  greeting: 'Hello! What can I do for you?',
  who: "I'm the offline assistant of Chorus. I run without the internet and without a language model.",
  abilities:
    'I can tell the time, the date and the weather, do sums, set timers and alarms, keep a shopping list, ' +
    'and set the volume and the brightness.',
  how_are_you: "I'm fine, thank you.",
  thanks: "You're welcome.",
  goodbye: 'Goodbye!',
  connect: 'To talk about anything, connect a language model: run chorus setup on the server.',
  repeat: (heard) => `I heard: ${heard}.`,
  noTool: (level) => `I can't change the ${level} of this device.`,
  noBattery: "This device doesn't tell me about its battery.",
  toolFailed: "The device didn't do it.",
  requestFailed: 'Sorry, that did not work.',
  cannot: 'Sorry, I cannot do that here.',
  ok: 'OK.',
  needsNumber: 'Tell me a number between 0 and 100.',
  level: (level, value) => `The ${level} is ${value} percent.`,
  levelSet: (level, value) => `The ${level} is now ${value} percent.`,
  atLimit: (level, value) => `The ${level} is already at ${value} percent.`,
  battery: (percent, charging) => `The battery is at ${percent} percent${charging ? ' and charging' : ''}.`,
  nothing: "I didn't hear anything.",
  time: (clock) => `It's ${clock}.`,
  year: (year) => `It's ${year}.`,
  equals: ' is ',
  userSaid: (fact) => `The user said: ${fact}`,
};

const NAMES_ZH: Readonly<Record<Level, string>> = { volume: '音量', brightness: '亮度' };
const percentZh = (value: number): string => `百分之${chineseNumber(value)}`;

const ZH: Phrases = {
  greeting: '你好！有什么可以帮你的吗？',
  who: '我是离线助手，不联网，也没有连接大模型。',
  abilities: '我会报时间、日期和天气，会算数，能设计时器和闹钟、记购物清单，还能调音量和亮度。',
  how_are_you: '我很好，谢谢。',
  thanks: '不客气。',
  goodbye: '再见！',
  connect: '想聊更多，请在服务器上运行 chorus setup，连接一个大模型。',
  repeat: (heard) => `我听到你说：${heard}。`,
  noTool: (level) => `这台设备的${NAMES_ZH[level]}我调不了。`,
  noBattery: '这台设备没有告诉我电量。',
  toolFailed: '设备没有照做。',
  requestFailed: '对不起，没有成功。',
  cannot: '对不起，这里做不了这件事。',
  ok: '好的。',
  needsNumber: '请说一个零到一百之间的数。',
  level: (level, value) => `${NAMES_ZH[level]}是${percentZh(value)}。`,
  levelSet: (level, value) => `${NAMES_ZH[level]}调到${percentZh(value)}了。`,
  atLimit: (level, value) => `${NAMES_ZH[level]}已经是${percentZh(value)}了。`,
  battery: (percent, charging) => `电量还有${percentZh(percent)}${charging ? '，正在充电' : ''}。`,
  nothing: '我没有听清。',
  time: (clock) => `现在是${clock}。`,
  year: (year) => `今年是${chineseDigits(year)}年。`,
  equals: '是',
  userSaid: (fact) => `用户说：${fact}`,
};

/**
 * Answers that many devices play. They are whole, because the first sentence of an answer is split differently from the
 * others.
 */
export function standingTexts(language: UiLanguage): readonly string[] {
  const { who, connect, abilities, greeting, how_are_you, thanks, nothing } = phrases(language);
  return [`${abilities} ${connect}`, `${who} ${connect}`, greeting, how_are_you, thanks, nothing];
}

export function phrases(language: UiLanguage): Phrases {
  return language === 'zh' ? ZH : EN;
}
