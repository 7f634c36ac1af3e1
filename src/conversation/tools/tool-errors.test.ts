import { afterEach, beforeEach, expect, it } from 'vitest';
import { ToolWorld } from '../../../test/fakes/tool-world.js';
import { silentLogger } from '../../core/index.js';
import { callTool } from './tool-call.js';
import { createToolbox } from './toolbox.js';
import { ServerTools } from './server-tools.js';
import { TOOLS } from './tool-registry.js';
import { TOOL_TEXTS } from './words.js';

let world: ToolWorld;
beforeEach(async () => {
  world = await ToolWorld.open({ sections: { news: { feeds: { World: 'http://127.0.0.1:9/' } } } });
});
afterEach(() => world.close());

async function failure(language: string, name: string, input: Readonly<Record<string, unknown>>): Promise<string> {
  world.language = language;
  const { clock } = world;
  const user = { deviceId: 'd', language, timeZone: 'Asia/Shanghai', log: silentLogger };
  const server = new ServerTools({ id: 'server', tools: TOOLS, clock });
  const toolbox = createToolbox({ sources: [server.for(user), world.source()], language, clock, log: silentLogger });
  const options = { allowed: true, maxChars: 1000, clock, log: silentLogger };
  const call = { id: 'c', name, arguments: input };
  const { text } = await callTool(toolbox, call, options, new AbortController().signal);
  const { ok, error } = JSON.parse(text) as { readonly ok: boolean; readonly error: string };
  expect(ok).toBe(false);
  return error;
}

const FAILURES = [
  ['no_such_tool', {}],
  ['convert_units', { amount: 1, from: 'kg', to: 'parsec' }],
  ['convert_units', { amount: 1, from: 'kg', to: 'km' }],
  ['convert_units', { amount: 'much', from: 'kg' }],
  ['calculate', { expression: 'hello' }],
  ['calculate', { expression: '1 / 0' }],
  ['get_time', { time_zone: 'Mars/Base' }],
  ['get_date_info', { festival: 'nothing' }],
  ['get_date_info', { date: '31.12.' }],
  ['set_timer', { seconds: 0 }],
  ['set_reminder', { kind: 'alarm' }],
  ['send_message', { to: 'attic', text: 'hi' }],
  ['get_news', { feed: 'Sports' }],
  ['get_news', {}],
] as const;

it.each(FAILURES)('%s %j fails with a text in the language of the conversation', async (name, input) => {
  expect((await failure('en-GB', name, input)).replace('卧室', '')).not.toMatch(/\p{Script=Han}/u);
  const chinese = await failure('zh-CN', name, input);
  expect(chinese).toMatch(/\p{Script=Han}/u);
  expect(chinese.replaceAll(/"[^"]*"/g, '')).not.toMatch(/[a-z]{2,} [a-z]{2,}/i);
});

it('all Chinese texts are Chinese', () => {
  const texts = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    if (typeof value === 'function')
      return [String((value as (...given: unknown[]) => unknown)(['a'], ['b'], ['c'], ['d']))];
    return Object.values(value as object).flatMap(texts);
  };
  const names = /^(?:mem0|Home Assistant)$/;
  for (const text of texts(TOOL_TEXTS.zh).filter((one) => !names.test(one))) expect(text).toMatch(/\p{Script=Han}/u);
});
