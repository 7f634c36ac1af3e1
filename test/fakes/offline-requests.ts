import type { LlmDelta, LlmRequest, ToolSpec } from '../../src/providers/llm/llm-port.js';
import { createOfflineAssistant } from '../../src/providers/llm/offline/assistant.js';
import { FakeClock } from './fake-clock.js';

/** Wednesday, 25 November 2026, 15:05 in Shanghai. */
export const NOW_MS = Date.UTC(2026, 10, 25, 7, 5);
const NAMES = [
  'set_timer',
  'set_reminder',
  'snooze',
  'list_reminders',
  'cancel_reminder',
  'get_weather',
  'list_add',
  'list_read',
  'list_remove',
  'home_control',
  'home_find',
  'send_message',
  'remember_fact',
  'forget_fact',
  'remember_voice',
  'get_date_info',
  'convert_units',
  'get_news',
  'self_screen_set_theme',
  'self_screen_set_brightness',
];
export const spec = (name: string): ToolSpec => ({
  name,
  description: '',
  inputSchema: { type: 'object', properties: {} },
});
const ROLES: ToolSpec = {
  name: 'change_role',
  description: '',
  inputSchema: {
    type: 'object',
    properties: { role: { type: 'string', enum: ['Assistant', 'English Teacher', '英语老师'] } },
  },
};
export const TOOLS = [...[...NAMES, 'play_music', 'music_control', 'self_audio_speaker_set_volume'].map(spec), ROLES];
export const requestOf = (text: string, tools = TOOLS): LlmRequest => ({
  messages: [{ role: 'user', content: text }],
  tools,
  maxTokens: 300,
  language: 'zh-CN',
  timeZone: 'Asia/Shanghai',
});

/** The first thing that the assistant produces: a text or a tool call. */
export async function firstDelta(request: LlmRequest): Promise<LlmDelta | undefined> {
  const offline = createOfflineAssistant({ clock: new FakeClock(NOW_MS) });
  for await (const delta of offline.stream(request, new AbortController().signal)) return delta;
  return undefined;
}

/** The tool call that a text leads to, with its arguments. If there is none, the first text of the answer. */
export async function calls(text: string): Promise<unknown> {
  const delta = await firstDelta(requestOf(text));
  return delta?.type === 'tool_call' ? [delta.call.name, delta.call.arguments] : delta;
}
