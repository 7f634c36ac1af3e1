import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Message {
  readonly role: string;
  readonly content: string | null;
}

interface Request {
  readonly messages: readonly Message[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

type Call = readonly [name: string, args: Readonly<Record<string, unknown>>];

const HAN = /\p{Script=Han}/u;

/** Tool calls that a sensible model would make, by the user's words. */
const CALLS: readonly (readonly [RegExp, (found: RegExpExecArray) => Call])[] = [
  [/^remember that (.*)$|^记住[，,]?(.*)$/i, ([, en, zh]) => ['remember_fact', { fact: en ?? zh }]],
  [/be my english|英语老师/i, ([found]) => ['change_role', { role: HAN.test(found) ? '英语老师' : 'English coach' }]],
  [
    /bedtime story|睡前故事/i,
    ([found]) =>
      HAN.test(found)
        ? ['handoff', { role: '故事大王', summary: '米娅六岁，想听一个狐狸的睡前故事。' }]
        : ['handoff', { role: 'Story teller', summary: 'Mia is six and wants a bedtime story about a fox.' }],
  ],
  [/back to the assistant|换回助手/i, ([found]) => ['change_role', { role: HAN.test(found) ? '助手' : 'Assistant' }]],
  [/(\d+) miles/i, ([, miles]) => ['convert_units', { amount: Number(miles), from: 'miles', to: 'km' }]],
  [/十五斤/, () => ['convert_units', { amount: 15, from: '斤', to: '公斤' }]],
  [/dentist/i, () => ['set_reminder', { kind: 'reminder', text: 'call the dentist', in_minutes: 2 }]],
  [/egg timer/i, () => ['set_timer', { seconds: 120, name: 'egg' }]],
  [/鸡蛋计时/, () => ['set_timer', { seconds: 120, name: '鸡蛋' }]],
  [/提醒我浇花/, () => ['set_reminder', { kind: 'reminder', text: '浇花', in_minutes: 2 }]],
  [/^tell the (\w+) that (.*)/i, ([, to, text]) => ['send_message', { to, text }]],
  [/^tell everybody that (.*)/i, ([, text]) => ['send_message', { to: 'all', text }]],
  [/^告诉厨房(.*)/, ([, text]) => ['send_message', { to: 'kitchen', text }]],
  [/umbrella in (\w+)/i, ([, place]) => ['get_weather', { place }]],
  [/上海/, () => ['get_weather', { place: '上海', day: 1 }]],
  [/^in (\w+)\.?$/i, ([, place]) => ['get_weather', { place }]],
  [/^杭州$/, () => ['get_weather', { place: '杭州' }]],
  [/lunar|农历/i, () => ['get_date_info', {}]],
  [/note that (.*)|记一下(.*)/i, ([, en, zh]) => ['list_add', { list: 'notes', items: [en ?? zh] }]],
  [/read my notes|便签上有/i, () => ['list_read', { list: 'notes' }]],
  [/取消十分钟/, () => ['cancel_reminder', { which: '十分钟', kind: 'timer' }]],
  [/broken tool|坏掉的工具/i, () => ['no_such_tool', {}]],
  [/new in the world|新闻/i, () => ['get_news', {}]],
  [/19 percent of 240/i, () => ['calculate', { expression: '19% * 240' }]],
];

const ANSWERS: readonly (readonly [RegExp, string])[] = [
  [/good morning/i, 'Good morning! Did you sleep well?'],
  [/早上好/, '早上好，昨晚睡得好吗？'],
  [/scary/i, 'Let us keep it gentle. If you feel scared, tell mum or dad.'],
  [/goed/i, 'Nearly! We say: I went to the shop yesterday.'],
  [
    /story|and then/i,
    'A small fox lived at the edge of a wood. Every evening it counted the lights of the village. One evening a ' +
      'light was missing. The fox put on its scarf and walked down the hill. At the last house it found an owl who ' +
      'had lost her glasses. Together they looked under every leaf, until the moon came out and helped them.',
  ],
  [
    /foxes/i,
    'Foxes are clever animals. They hunt mostly at night. They hear a mouse under the snow. Their tails keep them ' +
      'warm. A vixen has four or five cubs in spring. The cubs play near the den until the autumn.',
  ],
  [/狐狸/, '狐狸很聪明。它们大多在夜里活动。雪地下面的老鼠也逃不过它们的耳朵。尾巴又大又暖和。小狐狸春天出生。'],
  [/just say/i, 'I was telling you about foxes.'],
  [/刚才说/, '我刚才在讲狐狸。'],
  [/reboot/i, 'I leave that to the button on my back.'],
  [/ignore your instructions/i, 'I keep that to myself.'],
  [/still there|hello again/i, 'Yes, I am here.'],
  [/还在吗|^你好/, '我在呢。'],
  [/thank/i, 'You are welcome.'],
  [/谢谢/, '不客气。'],
  [/good night/i, 'Good night!'],
  [/晚安/, '晚安！'],
];

const FAVOURITE = /favourite colour is (?!what)(\w+)|最喜欢的颜色是(?!什么)(\p{Script=Han})色/iu;

/** A rule-based language model, a weather service, and a feed that always fails. */
export class StandIn {
  readonly offered = new Set<string>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '/', 'http://stand-in');
    if (url.pathname === '/places') return json(response, places(url.searchParams.get('name') ?? ''));
    if (url.pathname === '/forecast') return json(response, FORECAST);
    if (url.pathname !== '/v1/chat/completions') return void response.writeHead(503).end('out of order');
    const asked = JSON.parse(Buffer.concat(parts).toString()) as Request;
    for (const { function: tool } of asked.tools ?? []) this.offered.add(tool.name);
    const reply = replyTo(asked);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const delta =
      typeof reply === 'string'
        ? { content: reply }
        : {
            tool_calls: [
              {
                index: 0,
                id: 'c0',
                type: 'function',
                function: { name: reply[0], arguments: JSON.stringify(reply[1]) },
              },
            ],
          };
    for (const [part, finish] of [
      [delta, null],
      [{}, typeof reply === 'string' ? 'stop' : 'tool_calls'],
    ] as const) {
      const choices = [{ index: 0, delta: part, finish_reason: finish }];
      const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'family', choices };
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    }
    response.end('data: [DONE]\n\n');
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

const places = (name: string): unknown =>
  /atlantis/i.test(name) ? {} : { results: [{ name, latitude: 53.5, longitude: 10 }] };
const week = (value: number): readonly number[] => Array.from({ length: 7 }, () => value);
const FORECAST = {
  current: { temperature_2m: 7.4, weather_code: 3 },
  daily: {
    weather_code: week(61),
    temperature_2m_max: week(9),
    temperature_2m_min: week(4),
    precipitation_probability_max: week(70),
  },
};

function replyTo({ messages, tools = [] }: Request): string | Call {
  const last = messages.at(-1);
  const user = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const system = messages[0]?.content ?? '';
  if (/"facts":\[/.test(system)) return extracted(user);
  if (last?.role === 'tool') return afterTool(last.content ?? '', user);
  const call =
    tools.length > 0 ? CALLS.map(([words, of]) => [words.exec(user), of] as const).find(([m]) => m) : undefined;
  if (call?.[0]) return call[1](call[0]);
  const known = remembered(user, messages);
  if (known !== undefined) return known;
  if (
    HAN.test(user) ? system.includes('狐狸') && user.startsWith('好') : system.includes('a fox') && /hello/i.test(user)
  )
    return HAN.test(user)
      ? '我听说你想听狐狸的故事，开始吧。'
      : 'I have heard that you want a story about a fox. Shall we begin?';
  return (
    ANSWERS.find(([words]) => words.test(user))?.[1] ?? (HAN.test(user) ? '好的，我知道了。' : 'All right, I see.')
  );
}

function afterTool(content: string, user: string): string {
  const result = JSON.parse(content) as { readonly ok?: boolean; readonly result?: string; readonly error?: string };
  if (result.ok === true) return String(result.result);
  return HAN.test(user) ? `没办成：${result.error}` : `That did not work: ${result.error}`;
}

/** Answers a question from the memories in the prompt, as a model would. */
function remembered(user: string, messages: readonly Message[]): string | undefined {
  const lines = messages
    .filter(({ content }) => content !== user)
    .flatMap(({ content }) => (content ?? '').split('\n'));
  if (/what is my favourite colour|最喜欢的颜色是什么/i.test(user))
    return (
      lines.findLast((line) => FAVOURITE.test(line)) ?? (HAN.test(user) ? '你还没说过。' : 'You have not told me.')
    );
  if (/^who is allergic|^谁对花生过敏/i.test(user))
    return (
      lines.flatMap((line) => /mia is allergic to peanuts|米娅对花生过敏/i.exec(line)?.[0] ?? []).at(-1) ??
      (HAN.test(user) ? '我不知道。' : 'I do not know.')
    );
  return undefined;
}

/**
 * The answer of a model that extracts facts from a conversation. It finds only a favourite colour, which replaces the
 * known one.
 */
function extracted(text: string): string {
  const [known = '', turns = ''] = text.split(/Conversation:|对话:|对话：/);
  const found = turns.split('\n').findLast((line) => /User:|用户:|用户：/.test(line) && FAVOURITE.test(line));
  if (found === undefined) return '{"facts":[],"forget":[]}';
  const [, en, zh] = FAVOURITE.exec(found) ?? [];
  const replaces = known.split('\n').flatMap((line) => {
    const place = FAVOURITE.test(line) ? /^(\d+)\./.exec(line)?.[1] : undefined;
    return place === undefined ? [] : [Number(place)];
  });
  const fact =
    en === undefined
      ? { text: `最喜欢的颜色是${zh}色`, keywords: ['颜色', '喜欢'] }
      : { text: `The favourite colour is ${en}`, keywords: ['colour', 'favourite'] };
  return JSON.stringify({ facts: [{ subject: 'person', ...fact, turn: 1, replaces }], forget: [] });
}
