import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../test/fakes/fake-clock.js';
import type { ChatMessage, LlmDelta, ToolSpec } from '../llm-port.js';
import { createOfflineAssistant } from './assistant.js';
import { speakTime } from './calendar.js';

const NOW_MS = Date.UTC(2026, 10, 25, 7, 5);
const spec = (name: string): ToolSpec => ({ name, description: '', inputSchema: { type: 'object', properties: {} } });
const TOOLS = [
  spec('self_get_device_status'),
  spec('self_audio_speaker_set_volume'),
  spec('self_screen_set_brightness'),
];

async function ask(
  text: string,
  options: {
    language?: string;
    tools?: readonly ToolSpec[];
    before?: readonly ChatMessage[];
    after?: readonly ChatMessage[];
    timeZone?: string;
  } = {},
): Promise<LlmDelta> {
  const deltas: LlmDelta[] = [];
  const request = {
    messages: [...(options.before ?? []), { role: 'user' as const, content: text }, ...(options.after ?? [])],
    tools: options.tools ?? [],
    maxTokens: 300,
    language: options.language ?? 'en-US',
    timeZone: options.timeZone ?? 'Asia/Shanghai',
  };
  for await (const delta of createOfflineAssistant({ clock: new FakeClock(NOW_MS) }).stream(
    request,
    new AbortController().signal,
  ))
    deltas.push(delta);
  expect(deltas).toHaveLength(1);
  return deltas[0]!;
}

async function says(...args: Parameters<typeof ask>): Promise<string> {
  const delta = await ask(...args);
  return delta.type === 'text' ? delta.text : `(${delta.type})`;
}

const zh = { language: 'zh-CN' };

describe('offline assistant', () => {
  it('tells time and date at the location of the device', async () => {
    expect(await says('What time is it?')).toBe("It's 3:05 PM.");
    expect(await says('What time is it?', { timeZone: 'America/New_York' })).toBe("It's 2:05 AM.");
    expect(await says('现在几点', zh)).toBe('现在是下午三点零五分。');
    expect(await says('What day is it?')).toBe('Today is Wednesday, November 25th.');
    expect(await says('明天星期几', zh)).toBe('明天是十一月二十六号，星期四。');
    expect(await says('今年是哪一年', zh)).toBe('今年是二零二六年。');
    expect(await says('What time is it?', { timeZone: 'Not/AZone' })).toMatch(/^It's \d+:05 (AM|PM)\.$/);
  });

  it('speaks every minute of a day', () => {
    for (let hour = 0; hour < 24; hour++) {
      for (const minute of [0, 5, 10, 59]) {
        const time = new Date(Date.UTC(2026, 0, 1, hour, minute));
        expect(speakTime(time, 'zh')).toMatch(
          /^现在是(凌晨|早上|上午|中午|下午|晚上)[零一二两三四五六七八九十]+点(整|[零一二三四五六七八九十]+分)。$/,
        );
        expect(speakTime(time, 'en')).toMatch(/^It's (1[0-2]|[1-9]):[0-5]\d (AM|PM)\.$/);
      }
    }
  });

  it('says that it is no language model, but not in every turn', async () => {
    const first = await says('Tell me about whales.');
    expect(first).toContain('I heard: Tell me about whales.');
    expect(first).toContain('offline assistant');
    expect(first).toContain('chorus setup');
    const before: ChatMessage[] = [
      { role: 'user', content: 'Tell me about whales.' },
      { role: 'assistant', content: first },
    ];
    expect(await says('And dolphins?', { before })).toBe('I heard: And dolphins.');
    expect(await says('讲个故事吧', zh)).toContain('chorus setup');
  });

  it('repeats a bounded part of a long text', async () => {
    expect((await says('blah '.repeat(500))).length).toBeLessThan(300);
  });

  it('changes settings that the device offers', async () => {
    expect(await ask('Set the volume to 30', { tools: TOOLS })).toMatchObject({
      type: 'tool_call',
      call: { name: 'self_audio_speaker_set_volume', arguments: { volume: 30 } },
    });
    expect(await ask('亮度调到百分之四十', { ...zh, tools: TOOLS })).toMatchObject({
      type: 'tool_call',
      call: { name: 'self_screen_set_brightness', arguments: { brightness: 40 } },
    });
    expect(await says('Set the volume to 30')).toBe("I can't change the volume of this device.");
  });

  it('reads the present level before a step, and states the result', async () => {
    const first = await ask('Louder', { tools: TOOLS });
    expect(first).toMatchObject({ type: 'tool_call', call: { name: 'self_get_device_status' } });
    const status = JSON.stringify({
      ok: true,
      result: '{"audio_speaker":{"volume":95},"screen":{"brightness":75},"battery":{"level":40,"charging":true}}',
    });
    const after: ChatMessage[] = [
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'self_get_device_status', arguments: {} }] },
      { role: 'tool', toolCallId: 'a', name: 'self_get_device_status', content: status },
    ];
    expect(await ask('Louder', { tools: TOOLS, after })).toMatchObject({
      call: { name: 'self_audio_speaker_set_volume', arguments: { volume: 100 } },
    });
    expect(await says('How much battery is left?', { tools: TOOLS, after })).toBe(
      'The battery is at 40 percent and charging.',
    );
    expect(await says('亮度是多少', { ...zh, tools: TOOLS, after })).toBe('亮度是百分之七十五。');
    const set: ChatMessage[] = [
      ...after,
      {
        role: 'assistant',
        content: '',
        toolCalls: [{ id: 'b', name: 'self_audio_speaker_set_volume', arguments: { volume: 100 } }],
      },
      { role: 'tool', toolCallId: 'b', name: 'self_audio_speaker_set_volume', content: '{"ok":true,"result":"true"}' },
    ];
    expect(await says('Louder', { tools: TOOLS, after: set })).toBe('The volume is now 100 percent.');
  });

  it('does not claim actions that the device did not do', async () => {
    const after: ChatMessage[] = [
      {
        role: 'assistant',
        content: '',
        toolCalls: [{ id: 'b', name: 'self_audio_speaker_set_volume', arguments: { volume: 30 } }],
      },
      {
        role: 'tool',
        toolCallId: 'b',
        name: 'self_audio_speaker_set_volume',
        content: '{"ok":false,"error":"timeout"}',
      },
    ];
    expect(await says('Set the volume to 30', { tools: TOOLS, after })).toBe("The device didn't do it.");
    const garbled: ChatMessage[] = [
      { role: 'tool', toolCallId: 'a', name: 'self_get_device_status', content: 'garbage' },
    ];
    expect(await says('Louder', { tools: TOOLS, after: garbled })).toBe('Tell me a number between 0 and 100.');
  });
});
