import type { UiLanguage } from '../../core/index.js';

/**
 * Texts of tools for a model and for people, who hear them from the model or directly from the tool. A small model may
 * say them word for word. The Chinese texts have the same keys.
 */
const en = {
  calls: {
    tooMany: 'too many tool calls at once',
    malformed: (reason: string) => reason,
    wrongArguments: (reasons: string) => `wrong arguments: ${reasons}`,
    noSuchTool: 'there is no tool of that name',
    gone: 'there is no tool of that name now',
    none: 'there are no tools',
    busy: 'the tool is busy with others',
    failed: 'the tool failed',
    unreadable: 'the tool answered with something unreadable',
    late: (seconds: number) => `the tool did not answer within ${seconds} s`,
    asked: 'Not done yet: the user is now being asked aloud, and it is done after their yes. Do not ask yourself.',
    nothingFound: 'Nothing was found.',
    shallI: (tool: string) => `Shall I do this: ${tool}?`,
    more: (count: number) => `and ${count} more`,
  },
  mcp: {
    notConnected: (server: string) => `the MCP server ${server} is not connected now`,
    busy: 'the MCP server is busy with other calls',
    ended: 'the connection to the MCP server has ended',
    tooManyTokens: (limit: number) => `there are ${limit} tokens; revoke one first`,
    late: (method: string, seconds: number) => `the MCP server did not answer ${method} within ${seconds} s`,
  },
  device: {
    busy: 'the device has too many requests to answer',
    incomplete: 'the device answered with neither a result nor an error',
    failed: 'the device answered with an error',
    late: (method: string, ms: number) => `the device did not answer ${method} within ${ms} ms`,
    sent: 'The command was sent. The device does not say whether it worked.',
  },
  reminders: {
    noTime: 'no time was given: use `at` as YYYY-MM-DDTHH:MM',
    repeatNeedsTime: 'a repeated one needs `at`',
    hours: '`every_hours` may be 1, 2, 3, 4, 6, 8 or 12',
    past: 'that time is in the past',
    tooFar: 'that is more than five years ahead',
    noText: 'text is missing: what is to be said',
    tooMany: 'there are too many already; cancel some first',
    snoozed: (duration: string) => `All right, ${duration} more.`,
    whichOne: (listed: readonly string[]) => `Nothing was cancelled: ask the user which of these. ${listed.join('; ')}`,
  },
  weather: {
    noPlace: (name: string) => `no place called ${name} is known`,
    noForecast: 'the weather service has no forecast of that day',
  },
  units: {
    unknown: (unit: string) => `the unit ${unit} is not known`,
    kinds: {
      length: 'length',
      area: 'area',
      volume: 'volume',
      weight: 'weight',
      temperature: 'temperature',
      speed: 'speed',
      time: 'time',
      data: 'data',
    },
    differ: (from: string, fromKind: string, to: string, toKind: string) =>
      `${from} is a unit of ${fromKind}, and ${to} is one of ${toKind}`,
    tooLarge: 'the amount is too large',
  },
  sums: {
    none: 'that is not a sum of numbers with + - * / ^ % ( ) and sqrt',
    divided_by_zero: 'there is no result: divided by zero',
    no_real_value: 'there is no result: no real value',
    too_large: 'there is no result: too large',
  },
  dates: {
    noSuchZone: 'there is no such time zone',
    form: 'a date is YYYY-MM-DD, from 1900 to 2100',
    noFestival: (name: string) => `no festival or solar term called ${name} is known`,
    today: 'today',
    inDays: (days: number) => `in ${days} days`,
  },
  lists: { full: (most: number) => `the list is full (${most} entries)` },
  messages: {
    noDevice: (name: string, known: readonly string[]) =>
      `there is no device called ${name}; there are: ${known.join(', ') || 'none with a name'}`,
  },
  news: {
    noFeed: (known: readonly string[]) => `there is no such feed; there are: ${known.join(', ')}`,
    empty: 'the feed has no news, or is none',
  },
  roles: {
    only: (names: readonly string[]) => `there are only: ${names.join(', ')}`,
    noSummary: 'summary is missing',
    next: (name: string) => `From the next utterance on ${name} answers.`,
  },
  home: {
    nothing: 'there is nothing of that name in the home',
    look: 'there is nothing of that name in the home; look with home_find',
    several: (names: readonly string[]) => `several are called so: ${names.join(', ')}`,
    noLock: 'this is no lock; see home_control',
    done: (name: string) => `${name}: done`,
    unlocked: (name: string) => `${name}: unlocked`,
    readOnly: (domain: string) => `a ${domain} only reports a state, which home_find tells`,
    unknownAction: (domain: string, action: string, known: readonly string[]) =>
      `a ${domain} does not know ${action}; it takes ${known.join(', ')}`,
    needsValue: (action: string, least: number, most: number) => `${action} needs a value from ${least} to ${most}`,
    needsColor: 'set_color needs a color: an English name or #rrggbb',
  },
  conversation: { ends: 'The conversation ends after this answer.' },
};

const zh: typeof en = {
  calls: {
    tooMany: '一次调用的工具太多了',
    malformed: () => '参数不是 JSON 对象，请重新调用',
    wrongArguments: (reasons) => `参数不对：${reasons}`,
    noSuchTool: '没有这个功能',
    gone: '这个功能现在用不了',
    none: '没有可用的功能',
    busy: '现在太忙了',
    failed: '没有成功',
    unreadable: '看不懂工具的回答',
    late: (seconds) => `等了 ${seconds} 秒，没有得到回答`,
    asked: '还没有做：正在出声问用户，用户同意后才会做。不要自己再问。',
    nothingFound: '什么也没找到。',
    shallI: (tool) => `要执行 ${tool} 吗？`,
    more: (count) => `还有 ${count} 个`,
  },
  mcp: {
    notConnected: () => '现在连不上这个服务',
    busy: '现在太忙了',
    ended: '与这个服务的连接断了',
    tooManyTokens: (limit) => `已有 ${limit} 个令牌，请先撤销一个`,
    late: (_method, seconds) => `这个服务 ${seconds} 秒内没有回答`,
  },
  device: {
    busy: '设备正忙',
    incomplete: '设备的回答不完整',
    failed: '设备说出错了',
    late: () => '设备没有回答',
    sent: '命令已经发出。设备不会说有没有成功。',
  },
  reminders: {
    noTime: '没有说时间',
    repeatNeedsTime: '重复的提醒要有时间',
    hours: 'every_hours 只能是 1、2、3、4、6、8 或 12',
    past: '那个时间已经过去了',
    tooFar: '那是五年以后了',
    noText: '没有说要提醒什么',
    tooMany: '已经太多了，请先取消几个',
    snoozed: (duration) => `好的，${duration}后再叫你。`,
    whichOne: (listed) => `什么也没有取消，请问用户是哪一个：${listed.join('；')}`,
  },
  weather: {
    noPlace: (name) => `不知道 ${name} 这个地方`,
    noForecast: '天气服务没有那一天的预报',
  },
  units: {
    unknown: (unit) => `不认识单位 ${unit}`,
    kinds: {
      length: '长度',
      area: '面积',
      volume: '体积',
      weight: '重量',
      temperature: '温度',
      speed: '速度',
      time: '时间',
      data: '数据量',
    },
    differ: (from, fromKind, to, toKind) => `${from}是${fromKind}单位，${to}是${toKind}单位，不能换算`,
    tooLarge: '数太大了',
  },
  sums: {
    none: '这不是算式：要由数字和 + - * / ^ % ( ) sqrt 组成',
    divided_by_zero: '没有结果：不能除以零',
    no_real_value: '没有结果：没有实数解',
    too_large: '没有结果：数太大了',
  },
  dates: {
    noSuchZone: '没有这个时区',
    form: '日期要写成 YYYY-MM-DD，从 1900 年到 2100 年',
    noFestival: (name) => `不知道 ${name} 这个节日或节气`,
    today: '就是今天',
    inDays: (days) => `还有 ${days} 天`,
  },
  lists: { full: (most) => `清单满了，最多 ${most} 项` },
  messages: {
    noDevice: (name, known) => `没有叫 ${name} 的设备；有：${known.join('、') || '都没有名字'}`,
  },
  news: {
    noFeed: (known) => `没有这个新闻源；有：${known.join('、')}`,
    empty: '这个新闻源没有新闻，或者不是新闻源',
  },
  roles: {
    only: (names) => `只有：${names.join('、')}`,
    noSummary: '缺少 summary',
    next: (name) => `从下一句话起由${name}回答。`,
  },
  home: {
    nothing: '家里没有这个名字的东西',
    look: '家里没有这个名字的东西，用 home_find 看看',
    several: (names) => `有好几个叫这个名字：${names.join('，')}`,
    noLock: '这不是锁，见 home_control',
    done: (name) => `${name}：好了`,
    unlocked: (name) => `${name}：已开锁`,
    readOnly: (domain) => `${domain} 只报告状态，用 home_find 查`,
    unknownAction: (domain, action, known) => `${domain} 不能 ${action}；可以：${known.join('、')}`,
    needsValue: (action, least, most) => `${action} 要有 ${least} 到 ${most} 的数值`,
    needsColor: 'set_color 要有颜色：英文名或 #rrggbb',
  },
  conversation: { ends: '这次回答之后对话就结束。' },
};

export type ToolTexts = typeof en;

export const TOOL_TEXTS: Readonly<Record<UiLanguage, ToolTexts>> = { en, zh };
