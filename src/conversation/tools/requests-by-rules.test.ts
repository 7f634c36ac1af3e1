import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KITCHEN, ToolWorld } from '../../../test/fakes/tool-world.js';
import { type LlmDelta, writeToolResult } from '../../providers/index.js';
import { createOfflineAssistant } from '../../providers/llm/offline/index.js';
import { wholeText } from './tool-stream.js';

/** Wednesday, 25 November 2026, 15:05 in Shanghai. */
const NOW_MS = Date.UTC(2026, 10, 25, 7, 5);
const FEED = '<rss version="2.0"><channel><item><title>Rain &amp; sun</title></item></channel></rss>';
const STATES = [
  { entity_id: 'light.kitchen', state: 'on', attributes: { friendly_name: 'Kitchen light' } },
  { entity_id: 'light.chufang', state: 'off', attributes: { friendly_name: '厨房灯' } },
];
const fetching: typeof fetch = (input) => {
  const { href } = input instanceof URL ? input : new URL(typeof input === 'string' ? input : input.url);
  return Promise.resolve(href.startsWith('http://home.test/') ? Response.json(STATES) : new Response(FEED));
};

describe('requests that rules answer with real tools', () => {
  let world: ToolWorld;
  beforeEach(async () => {
    world = await ToolWorld.open({
      startWallMs: NOW_MS,
      sections: {
        home_assistant: { url: 'http://home.test', token: 'secret' },
        news: { feeds: { daily: 'http://news.test/rss' } },
      },
      services: { fetch: fetching },
    });
  });
  afterEach(() => world.close());

  async function spoken(text: string, language: string): Promise<string> {
    world.language = language;
    const tools = world.source(KITCHEN).list();
    const user = { role: 'user' as const, content: text };
    const request = { messages: [user], tools, maxTokens: 300, language, timeZone: world.timeZone };
    const next = async (messages: Parameters<typeof rules.stream>[0]['messages']): Promise<LlmDelta | undefined> => {
      for await (const delta of rules.stream({ ...request, messages }, new AbortController().signal)) return delta;
      return undefined;
    };
    const rules = createOfflineAssistant({ clock: world.clock });
    const asked = await next([user]);
    if (asked?.type !== 'tool_call') return `no call: ${JSON.stringify(asked)}`;
    const { name } = asked.call;
    const answer = await world.call(name, asked.call.arguments);
    if (answer.say !== undefined) return answer.say;
    if (answer.stream) return wholeText(answer);
    const content = writeToolResult({ ok: true, text: answer.text });
    const said = await next([user, { role: 'tool', toolCallId: asked.call.id, name, content }]);
    return said?.type === 'text' ? said.text : 'no sentence';
  }

  it.each([
    ['Remind me tomorrow at nine to call Mum.', 'call Mum'],
    ['Every weekday at seven wake me.', 'on weekdays at 7:00'],
    ['remind me every Friday at six pm to water the plants', 'water the plants'],
    ['When is Christmas?', 'December 25, 2026'],
    ['how many days until the Dragon Boat Festival', 'June 9, 2027'],
    ['when is the mid-autumn festival', 'September 15, 2027'],
    ["when is New Year's Day", 'January 1, 2027'],
    ['when is labour day', 'May 1, 2027'],
    ['when is national day', 'October 1, 2027'],
    ['when is the double ninth', '2027'],
    ['when is qingming', 'April 5, 2027'],
    ['Is the light in the kitchen on?', 'Kitchen light: on.'],
    ['Read me the news.', 'Rain & sun.'],
    ['Note that the car is on Level Two.', 'I noted: the car is on Level Two.'],
    ['What is on my list?', 'There is nothing on the to-do list.'],
  ])('%s', async (text, said) => expect(await spoken(text, 'en-US')).toContain(said));

  it.each([
    ['明天九点提醒我给妈妈打电话', '给妈妈打电话'],
    ['每个工作日七点叫我起床', '工作日'],
    ['告诉卧室开饭了', '好的，'],
    ['今天农历几号', '十月十七'],
    ['春节是哪天', '2027年2月6日'],
    ...['除夕', '元宵节', '清明节', '端午', '七夕', '中秋', '重阳', '腊八节', '元旦', '劳动节', '儿童节'].map(
      (name) => [`${name}是哪天`, '还有'],
    ),
    ...['教师节', '国庆', '圣诞节', '立春', '春分', '立夏', '夏至', '立秋', '秋分', '立冬', '冬至'].map((name) => [
      `离${name}还有几天`,
      '还有',
    ]),
    ['厨房的灯开着吗', '厨房灯：关着。'],
    ['记一下，车停在B2层', '车停在B2层'],
  ])('%s', async (text, said) => expect(await spoken(text, 'zh-CN')).toContain(said));
});
