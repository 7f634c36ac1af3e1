import { afterEach, beforeEach, expect, it } from 'vitest';
import { createOfflineAssistant } from '../../src/providers/llm/offline/index.js';
import type { ChatMessage, LlmDelta } from '../../src/providers/llm/llm-port.js';
import { createToolbox } from '../../src/conversation/tools/toolbox.js';
import { silentLogger } from '../../src/core/index.js';
import { callTool } from '../../src/conversation/tools/tool-call.js';
import { ToolWorld } from '../fakes/tool-world.js';

const { signal } = new AbortController();
const LATIN = /[a-z]{2,}/iu;
const REQUESTS = [
  '计时十分钟',
  '半小时后提醒我关火',
  '明天早上七点半叫我起床',
  '有哪些闹钟',
  '取消面条计时器',
  '取消所有闹钟',
  '把牛奶和鸡蛋加到购物清单',
  '购物清单里有什么',
  '把牛奶从购物清单里划掉',
  '今天天气怎么样',
  '北京明天的天气怎么样',
  '打开客厅灯',
  '把卧室的窗帘拉上',
  '播放小星星',
  '下一首',
];

let world: ToolWorld;
/** How the services for home and weather answer. */
let service: () => Promise<Response>;
beforeEach(async () => {
  service = () => Promise.reject(new Error('no network'));
  const sections = { home_assistant: { url: 'http://home.example', token: 'long' } };
  world = await ToolWorld.open({ sections, services: { fetch: () => service() } });
  world.language = 'zh-CN';
});
afterEach(() => world.close());

/** What the offline assistant says to these words. If it calls a tool, what it says after the call. */
async function answerTo(words: string): Promise<string> {
  const { clock } = world;
  const tools = createToolbox({ sources: [world.source()], language: 'zh-CN', clock, log: silentLogger });
  const messages: ChatMessage[] = [{ role: 'user', content: words }];
  const ask = async (): Promise<readonly LlmDelta[]> => {
    const request = { messages, tools: tools.list(), maxTokens: 300, language: 'zh-CN', timeZone: 'Asia/Shanghai' };
    const deltas: LlmDelta[] = [];
    for await (const delta of createOfflineAssistant({ clock }).stream(request, signal)) deltas.push(delta);
    return deltas;
  };
  let deltas = await ask();
  const called = deltas.find((delta) => delta.type === 'tool_call');
  if (called?.type === 'tool_call') {
    const options = { allowed: true, maxChars: 4000, clock, log: silentLogger };
    const { text, say, ask: question } = await callTool(tools, called.call, options, signal);
    if (say !== undefined || question !== undefined) return say ?? question ?? '';
    const { id, name } = called.call;
    messages.push({ role: 'assistant', content: '', toolCalls: [called.call] });
    messages.push({ role: 'tool', toolCallId: id, name, content: text });
    deltas = await ask();
  }
  return deltas.map((delta) => (delta.type === 'text' ? delta.text : '')).join('');
}

it.each(REQUESTS)('%s is answered in Chinese, even if the tool fails or is missing', async (words) => {
  for (const answer of [
    () => Promise.reject(new Error('no network')),
    () => Promise.resolve(new Response('boom', { status: 500 })),
    () => Promise.resolve(Response.json([])),
  ]) {
    service = answer;
    const said = await answerTo(words);
    expect(said).toMatch(/\p{Script=Han}/u);
    expect(said).not.toMatch(LATIN);
    await world.clock.advance(3_600_000);
  }
});
