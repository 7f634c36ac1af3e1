import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../test/fakes/fake-clock.js';
import type { LlmDelta, LlmRequest, ToolSpec } from '../llm-port.js';
import { withRulesFirst } from '../with-rules-first.js';
import { answersByRules, createOfflineAssistant } from './assistant.js';
import { understand } from './intents.js';

/** Wednesday, 25 November 2026, 15:05 in Shanghai. */
const NOW_MS = Date.UTC(2026, 10, 25, 7, 5);
const NAMES = [
  'set_timer',
  'set_reminder',
  'list_reminders',
  'cancel_reminder',
  'get_weather',
  'list_add',
  'list_read',
  'list_remove',
  'home_control',
];
const spec = (name: string): ToolSpec => ({ name, description: '', inputSchema: { type: 'object', properties: {} } });
const TOOLS = [...NAMES, 'play_music', 'music_control', 'self_audio_speaker_set_volume'].map(spec);
const requestOf = (text: string, tools = TOOLS): LlmRequest => ({
  messages: [{ role: 'user', content: text }],
  tools,
  maxTokens: 300,
  language: 'zh-CN',
  timeZone: 'Asia/Shanghai',
});

async function firstDelta(request: LlmRequest): Promise<LlmDelta | undefined> {
  const offline = createOfflineAssistant({ clock: new FakeClock(NOW_MS) });
  for await (const delta of offline.stream(request, new AbortController().signal)) return delta;
  return undefined;
}

async function calls(text: string): Promise<unknown> {
  const delta = await firstDelta(requestOf(text));
  return delta?.type === 'tool_call' ? [delta.call.name, delta.call.arguments] : delta;
}

describe('requests that tools of the server answer', () => {
  it.each([
    ['Set a timer for ten minutes.', 'set_timer', { seconds: 600 }],
    ['Please start a pasta timer for an hour and a half', 'set_timer', { seconds: 5400, name: 'pasta' }],
    ['5 minute timer', 'set_timer', { seconds: 300 }],
    ['计时十分钟', 'set_timer', { seconds: 600 }],
    ['设一个半小时的倒计时', 'set_timer', { seconds: 5400 }],
    ['煮面计时八分钟', 'set_timer', { seconds: 480, name: '煮面' }],
    ['帮我定一个三分钟三十秒的计时器', 'set_timer', { seconds: 210 }],
    [
      'remind me in half an hour to turn off the oven',
      'set_reminder',
      { kind: 'reminder', in_minutes: 30, text: 'turn off the oven' },
    ],
    ['remind me to call mum in 2 hours', 'set_reminder', { kind: 'reminder', in_minutes: 120, text: 'call mum' }],
    ['半小时后提醒我关火', 'set_reminder', { kind: 'reminder', in_minutes: 30, text: '关火' }],
    ['Wake me up at 7', 'set_reminder', { kind: 'alarm', at: '2026-11-26T07:00' }],
    ['set an alarm for 6:30 pm', 'set_reminder', { kind: 'alarm', at: '2026-11-25T18:30' }],
    ['明天早上七点半叫我起床', 'set_reminder', { kind: 'alarm', at: '2026-11-26T07:30' }],
    ['定一个下午五点的闹钟', 'set_reminder', { kind: 'alarm', at: '2026-11-25T17:00' }],
    ['What timers are set?', 'list_reminders', { kind: 'timer' }],
    ['有哪些闹钟', 'list_reminders', { kind: 'alarm' }],
    ['Turn on the kitchen light.', 'home_control', { name: 'kitchen light', action: 'turn_on' }],
    ['Switch the bedroom lamp off', 'home_control', { name: 'bedroom lamp', action: 'turn_off' }],
    ['Close the blinds', 'home_control', { name: 'blinds', action: 'turn_off' }],
    ['打开客厅灯', 'home_control', { name: '客厅灯', action: 'turn_on' }],
    ['把卧室的窗帘拉上', 'home_control', { name: '卧室窗帘', action: 'turn_off' }],
    ['关灯', 'home_control', { name: '灯', action: 'turn_off' }],
    ['Cancel the pasta timer.', 'cancel_reminder', { kind: 'timer', which: 'pasta' }],
    ['取消面条计时器', 'cancel_reminder', { kind: 'timer', which: '面条' }],
    ['Take the milk off the shopping list.', 'list_remove', { list: 'shopping', items: ['milk'] }],
    ['把牛奶和鸡蛋从购物清单里划掉', 'list_remove', { list: 'shopping', items: ['牛奶', '鸡蛋'] }],
    ['cancel the timer', 'cancel_reminder', { kind: 'timer' }],
    ['取消所有闹钟', 'cancel_reminder', { kind: 'alarm', all: true }],
    ["What's the weather like tomorrow?", 'get_weather', { day: 1 }],
    ['what is the weather in new york', 'get_weather', { place: 'new york' }],
    ['今天天气怎么样', 'get_weather', {}],
    ['北京明天的天气怎么样', 'get_weather', { day: 1, place: '北京' }],
    ['明天会下雨吗', 'get_weather', { day: 1 }],
    ['add milk and eggs to the shopping list', 'list_add', { list: 'shopping', items: ['milk', 'eggs'] }],
    ['把牛奶和鸡蛋加到购物清单', 'list_add', { list: 'shopping', items: ['牛奶', '鸡蛋'] }],
    ["what's on the shopping list?", 'list_read', { list: 'shopping' }],
    ['play some music', 'play_music', {}],
    ['播放小星星', 'play_music', { query: '小星星' }],
    ['下一首', 'music_control', { action: 'next' }],
    ['Stop!', 'music_control', { action: 'stop' }],
    ['turn the volume up to 30', 'self_audio_speaker_set_volume', { volume: 30 }],
    ['音量调到三十', 'self_audio_speaker_set_volume', { volume: 30 }],
  ])('%s', async (text, tool, args) => expect(await calls(text)).toEqual([tool, args]));

  it.each([
    'tell me about the timer of a bomb',
    'I like the weather of spring',
    '我喜欢听你讲故事',
    '这个计时器怎么做的',
  ])('are not seen in: %s', (text) => expect(understand(text).kind).toBe('unknown'));

  it('are said to be impossible where the tool is not there, or failed', async () => {
    expect(await firstDelta(requestOf('计时十分钟', []))).toEqual({ type: 'text', text: '对不起，这里做不了这件事。' });
    const request = requestOf('今天天气怎么样');
    const after = {
      ...request,
      messages: [
        ...request.messages,
        { role: 'tool' as const, toolCallId: 'a', name: 'get_weather', content: '{"ok":false,"error":"x"}' },
      ],
    };
    expect(await firstDelta(after)).toEqual({ type: 'text', text: '对不起，没有成功。' });
  });

  it('are answered by rules before a model is asked, where it is set so, and nothing else is', async () => {
    const asked: string[] = [];
    const model = {
      id: 'cloud',
      local: false,
      async *stream(request: LlmRequest): AsyncGenerator<LlmDelta> {
        asked.push(request.messages[0]?.content ?? '');
        yield await Promise.resolve({ type: 'text', text: 'from the cloud' });
      },
    };
    const rules = createOfflineAssistant({ clock: new FakeClock(NOW_MS) });
    const both = withRulesFirst(model, rules, answersByRules);
    for (const text of ['计时十分钟', '现在几点', '讲个故事吧', '你好'])
      for await (const _ of both.stream(requestOf(text), new AbortController().signal));
    for await (const _ of both.stream(requestOf('计时十分钟', []), new AbortController().signal));
    expect(asked).toEqual(['讲个故事吧', '你好', '计时十分钟']);
    expect(both).toMatchObject({ id: 'cloud', local: false });
  });
});
