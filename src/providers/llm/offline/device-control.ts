import type { UiLanguage } from '../../../core/index.js';
import type { ChatMessage, ToolSpec } from '../llm-port.js';
import { readToolResult } from '../tool-result.js';
import type { Intent, Level } from './intents.js';
import { phrases } from './phrases.js';

/** The firmware's standard tools (docs/protocol.md 5.5) under the names that models see. */
const STATUS_TOOL = 'self_get_device_status';
const SETTERS: Readonly<Record<Level, string>> = {
  volume: 'self_audio_speaker_set_volume',
  brightness: 'self_screen_set_brightness',
};

export type DeviceStep =
  | { readonly type: 'call'; readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly type: 'say'; readonly text: string };

export type DeviceIntent = Extract<Intent, { kind: 'battery' | 'ask_level' | 'change_level' }>;

export function canControl(intent: DeviceIntent, tools: readonly ToolSpec[]): boolean {
  const offered = (name: string): boolean => tools.some((tool) => tool.name === name);
  if (intent.kind !== 'change_level') return offered(STATUS_TOOL);
  return offered(SETTERS[intent.level]) && ('to' in intent.change || offered(STATUS_TOOL));
}

const say = (text: string): DeviceStep => ({ type: 'say', text });
const setLevel = (level: Level, value: number): DeviceStep => ({
  type: 'call',
  name: SETTERS[level],
  arguments: { [level]: value },
});

/**
 * `after` contains the messages that follow the user's message. These messages determine the step, so the assistant
 * needs no state.
 */
export function nextDeviceStep(
  intent: DeviceIntent,
  tools: readonly ToolSpec[],
  after: readonly ChatMessage[],
  language: UiLanguage,
): DeviceStep {
  const words = phrases(language);
  const offered = (name: string): boolean => tools.some((tool) => tool.name === name);
  const answered = (name: string): ReturnType<typeof readToolResult> | undefined => {
    const message = after.findLast((candidate) => candidate.role === 'tool' && candidate.name === name);
    return message && readToolResult(message.content);
  };
  const change = intent.kind === 'change_level' ? intent.change : undefined;
  if (change && intent.kind === 'change_level') {
    const setter = SETTERS[intent.level];
    const done = answered(setter);
    if (done) return say(done.ok ? words.levelSet(intent.level, requestedLevel(after, setter)) : words.toolFailed);
    if (!offered(setter)) return say(words.noTool(intent.level));
    if ('to' in change) return setLevel(intent.level, change.to);
  }
  const status = answered(STATUS_TOOL);
  if (!status && offered(STATUS_TOOL)) return { type: 'call', name: STATUS_TOOL, arguments: {} };
  const known = status?.ok ? readStatus(status.text) : undefined;
  if (intent.kind === 'battery')
    return say(known?.battery === undefined ? words.noBattery : words.battery(known.battery, known.charging));
  const current = known?.[intent.level];
  if (current === undefined) {
    if (change) return say(words.needsNumber);
    return say(status ? words.toolFailed : words.noTool(intent.level));
  }
  if (!change) return say(words.level(intent.level, current));
  const wanted = Math.min(100, Math.max(0, Math.round(current + ('by' in change ? change.by : 0))));
  return wanted === current ? say(words.atLimit(intent.level, current)) : setLevel(intent.level, wanted);
}

function requestedLevel(after: readonly ChatMessage[], setter: string): number {
  const calls = after.flatMap((message) => (message.role === 'assistant' ? (message.toolCalls ?? []) : []));
  const value = Object.values(calls.findLast(({ name }) => name === setter)?.arguments ?? {})[0];
  return typeof value === 'number' ? value : 0;
}

interface DeviceState extends Readonly<Record<Level | 'battery', number | undefined>> {
  readonly charging: boolean;
}

function readStatus(text: string): DeviceState | undefined {
  try {
    const status = JSON.parse(text) as Readonly<Record<string, Readonly<Record<string, unknown>> | null>> | null;
    const number = (part: string, field: string): number | undefined => {
      const value = status?.[part]?.[field];
      return typeof value === 'number' ? value : undefined;
    };
    return {
      volume: number('audio_speaker', 'volume'),
      brightness: number('screen', 'brightness'),
      battery: number('battery', 'level'),
      charging: status?.['battery']?.['charging'] === true,
    };
  } catch {
    return undefined;
  }
}
