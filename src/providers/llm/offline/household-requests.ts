import { closeUp, joined, request, type ToolRequest } from './tool-request.js';

type Found = ToolRequest | undefined;

const ROOM_EN = joined(
  String.raw`(?:[a-z']+ ){0,2}(?:kitchen|bedroom|living room|dining room|bathroom|nursery|office|study|hall|hallway`,
  String.raw`|garage|basement|attic|garden|balcony|room)`,
);
const EVERYBODY_EN = 'everyone|everybody|all devices|every room';
const MESSAGE_EN = new RegExp(
  `^tell (?:the )?(?<to>${EVERYBODY_EN}|${ROOM_EN.source}) (?:that )?` +
    '(?<text>(?!(?:that$|to|of|about|how|why|what|when|where|who|a|an|apart|from|is|was|has|in)\\b).{3,200})$',
);
const ROOM_ZH = String.raw`\p{Script=Han}{0,4}?(?:厨房|客厅|餐厅|卧室|主卧|次卧|书房|浴室|卫生间|儿童房|房间|阳台|车库|办公室)`;
const EVERYBODY_ZH = '大家|所有人|全家|所有房间|所有设备';
const MESSAGE_ZH = new RegExp(
  `^(?:(?:去)?(?:告诉|通知)(?<to>${EVERYBODY_ZH}|${ROOM_ZH})(?:里的人|的人|那边)?说?` +
    `|(?:去)?(?:跟|对|给|和)(?<to2>${EVERYBODY_ZH}|${ROOM_ZH})(?:里的人|的人|那边)?说(?!话|的|了|过))` +
    '(?<text>(?!一个|怎么|为什么|什么|关于|在哪|的).{2,100})$',
  'u',
);

/** Only rooms and "everybody" can be recipients, because "tell Tom that ..." may be about anything. */
export function message(text: string): Found {
  const said = (MESSAGE_EN.exec(text) ?? MESSAGE_ZH.exec(text.replace(/\s/g, '')))?.groups;
  const to = said?.['to'] ?? said?.['to2'];
  if (to === undefined || /[吗呢]$/.test(said?.['text'] ?? '')) return undefined;
  return request('send_message', { to, text: said?.['text'] });
}

const THEME_EN = joined(
  String.raw`^(?:(?:use|switch to|change to|turn on|activate|set) (?:the |a )?(?<theme>dark|light) (?:theme|mode)`,
  String.raw`|(?:set|switch|change|turn) (?:the |your )?theme (?:to|into) (?<theme2>dark|light))$`,
);
const THEME_ZH = joined(
  String.raw`^(?:(?:换成|换|切换到|切换成|切换为|改成|改为|使用|用|打开|开启)`,
  String.raw`(?:(?<dark>深色|暗色|黑色|黑暗)|浅色|亮色|白色|明亮)的?(?:主题|模式)`,
  String.raw`|主题(?:换成|换|切换到|切换成|改成|改为|设为|设成|调成)(?:(?<dark2>深色|暗色|黑色|黑暗)|浅色|亮色|白色|明亮)的?)$`,
);

/** The firmware's standard tool sets the theme of the device's own screen. */
export function theme(text: string): Found {
  const english = THEME_EN.exec(text)?.groups;
  const chinese = THEME_ZH.exec(text.replace(/\s/g, ''))?.groups;
  if (!english && !chinese) return undefined;
  const dark = chinese?.['dark'] ?? chinese?.['dark2'];
  const wanted = english?.['theme'] ?? english?.['theme2'] ?? (dark === undefined ? 'light' : 'dark');
  return request('self_screen_set_theme', { theme: wanted });
}

const LIST_EN = '(?:the |my |our )?(?<list>shopping|to ?do) list';
const LIST_ZH = '(?:我的|我们的)?(?<list>购物清单|待办清单|待办事项|待办)(?:里面?|上面?|中)?';
const ADD_EN = new RegExp(`^(?:add|put) (?<items>.{1,150}) (?:to|on|onto) ${LIST_EN}$`);
const ADD_ZH = new RegExp(`^(?:把)?(?<items>.{1,40}?)(?:加到|加进|加入|放到|放进|记到|写到|添加到)${LIST_ZH}$`);
const OFF_EN = new RegExp(
  `^(?:take|remove|delete|cross) (?:the )?(?<items>.{1,150}?)(?: off| from) (?:of )?${LIST_EN}$`,
);
const OFF_ZH = new RegExp(`^(?:把)?(?<items>.{1,40}?)从${LIST_ZH}(?:划掉|删掉|删除|去掉|拿掉)$`);
const READ_EN = /^what(?:'s| is) on (?:the |my |our )?(?:(?<list>shopping|to ?do) )?list$/;
const READ_ZH =
  /^(?:我的|我们的)?(?<list>购物清单|待办清单|待办事项|清单)(?:里面?|上面?)?(?:都)?有(?:什么|啥|哪些)(?:东西|事)?$/;
const NOTE_EN = /^(?:note|make a note|take a note|write down) that (?<text>.{3,200})$/;
const NOTE_ZH = /^(?:记一下|记下来?|记录一下|记个便签|记一?条便签|写个便签)(?<text>(?!这个|这件|这些|吧|了).{3,60})$/;
const NOTES = joined(
  String.raw`^(?:what did i note(?: down)?|what(?:'s| is) (?:in|on) my notes|what are my notes|read(?: me)? my notes`,
  String.raw`|我(?:都)?(?:记|记下)了(?:些)?什么|(?:我的)?便签(?:里面?|上面?)?(?:都)?(?:有|写了|记了)(?:什么|啥|哪些)`,
  String.raw`|(?:读|念)(?:一下|一读|一念)?(?:我的)?便签)$`,
);

const listIn = (name: string | undefined): string => (/^(?:shopping|购物)/.test(name ?? '') ? 'shopping' : 'todo');
/** A shopping request may name several items. A to-do task is not split, because the task may contain "and". */
const itemsIn = (text: string, list: string): readonly string[] =>
  list === 'shopping' ? text.split(/ and |和|跟|、|, /).filter((item) => item !== '') : [text];

export function lists(text: string): Found {
  const close = text.replace(/\s/g, '');
  const added = (ADD_EN.exec(text) ?? ADD_ZH.exec(close))?.groups;
  const off = (OFF_EN.exec(text) ?? OFF_ZH.exec(close))?.groups;
  const changed = added ?? off;
  if (changed) {
    const list = listIn(changed['list']);
    return request(added ? 'list_add' : 'list_remove', { list, items: itemsIn(changed['items'] ?? '', list) });
  }
  const read = READ_EN.exec(text) ?? READ_ZH.exec(close);
  if (read) return request('list_read', { list: listIn(read.groups?.['list']) });
  if (NOTES.test(closeUp(text))) return request('list_read', { list: 'notes' });
  const note = (NOTE_EN.exec(text) ?? NOTE_ZH.exec(close))?.groups?.['text'];
  return note === undefined || /[吗呢]$/.test(note) ? undefined : request('list_add', { list: 'notes', items: [note] });
}

/** "Remember that time in Paris" contains no statement. */
const STATEMENT_EN = joined(
  String.raw`(?<fact>(?!i (?:said|asked|told|mentioned)\b)(?:`,
  String.raw`(?:i|i'm|i've|we|we're|he|she|they|my|our|his|her|their)\b`,
  String.raw`|(?:[\p{L}']+ ){1,3}(?:is|are|has|have`,
  String.raw`|likes?|loves?|hates?|lives?|works?|needs?|wants?|cannot|can't)\b).{2,200})$`,
);
const REMEMBER_EN = new RegExp(`^remember that ${STATEMENT_EN.source}`, 'u');
const FORGET_EN = new RegExp(`^forget that ${STATEMENT_EN.source}`, 'u');
const STATES_ZH = '喜欢|讨厌|过敏|是|不|有|在|叫|住|爱|怕|会|要';
const REMEMBER_ZH = new RegExp(
  `^(?:你?要)?记住(?<fact>(?!.{0,4}(?:声音|嗓音))(?=.{0,10}(?:${STATES_ZH})).{4,60})$`,
  'u',
);
const FORGET_ZH = new RegExp(`^(?:忘掉|忘记)(?<fact>我(?!.{0,3}说)(?=.{0,10}(?:${STATES_ZH})).{3,60})$`, 'u');

export function memory(text: string): Found {
  const close = text.replace(/\s/g, '');
  const kept = (REMEMBER_EN.exec(text) ?? REMEMBER_ZH.exec(close))?.groups?.['fact'];
  const dropped = (FORGET_EN.exec(text) ?? FORGET_ZH.exec(close))?.groups?.['fact'];
  const fact = kept ?? dropped;
  if (fact === undefined || /[吗呢了吧没]$/.test(fact)) return undefined;
  return request(kept === undefined ? 'forget_fact' : 'remember_fact', { fact });
}

const NAME_EN = String.raw`(?:i am|i'm|my name is|this is|call me) (?<name>[\p{L}'.]+(?: [\p{L}'.]+){0,2}?)`;
const VOICE_EN = [
  new RegExp(`^(?:remember|learn) my voice (?:and )?${NAME_EN}$`, 'u'),
  new RegExp(`^${NAME_EN} (?:and )?(?:please )?(?:remember|learn) my voice$`, 'u'),
];
const NAME_ZH = String.raw`我(?:是|叫|的名字(?:是|叫))(?<name>(?!谁|什么)\p{L}{1,12}?)`;
const VOICE_ZH = [
  new RegExp(`^你?(?:要|来)?(?:记住|记下|记一下)我的(?:声音|嗓音)${NAME_ZH}$`, 'u'),
  new RegExp(`^${NAME_ZH}(?:请|你)?(?:要)?(?:记住|记下|记一下)我的(?:声音|嗓音)吧?$`, 'u'),
];

/** "Remember my voice, I am Anna". A voice is stored only together with a name. */
export function voice(text: string): Found {
  const close = text.replace(/\s/g, '');
  const said = [...VOICE_EN.map((one) => one.exec(text)), ...VOICE_ZH.map((one) => one.exec(close))];
  const name = said.find((one) => one !== null)?.groups?.['name'];
  return name === undefined ? undefined : request('remember_voice', { name });
}

const ROLE_EN = joined(
  String.raw`^(?:be (?:my|the)|become (?:my|the)|switch to (?:my|the)|let me (?:talk|speak) (?:to|with) (?:my|the))`,
  String.raw` (?<role>[\p{L}\p{N}' ]{2,40}?)(?: now| again| from now on)?$`,
);
const ROLE_ZH = joined(
  String.raw`^(?:(?:现在)?你(?:来|现在)?(?:(?:当|做)(?:一下)?我们?的?|扮演(?:一下)?)|换成|切换成|切换到)`,
  String.raw`(?<role>[\p{L}\p{N}]{2,20}?)(?:吧)?$`,
);

export function role(text: string): Found {
  const named = (ROLE_EN.exec(text) ?? ROLE_ZH.exec(text.replace(/\s/g, '')))?.groups?.['role'];
  return named === undefined || /[吗呢]$/.test(named) ? undefined : request('change_role', { role: named });
}
