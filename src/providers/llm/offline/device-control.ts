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

/** The next thing to do for a request about the device: call one of its tools, or say something. */
export type DeviceStep =
  | { readonly type: 'call'; readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly type: 'say'; readonly text: string };

export type DeviceIntent = Extract<Intent, { kind: 'battery' | 'ask_level' | 'change_level' }>;

/**
 * Decides from what the tools have answered so far in this turn (`after`: the messages after the user's), so that the
 * assistant itself keeps no state between rounds.
 */
export function nextDeviceStep(
  intent: DeviceIntent,
  tools: readonly ToolSpec[],
  after: readonly ChatMessage[],
  language: UiLanguage,
): DeviceStep {
  const say = phrases(language);
  const offered = (name: string): boolean => tools.some((tool) => tool.name === name);
  const answered = (name: string): ReturnType<typeof readToolResult> | undefined => {
    const message = after.findLast((candidate) => candidate.role === 'tool' && candidate.name === name);
    return message && readToolResult(message.content);
  };

  if (intent.kind === 'change_level') {
    const setter = SETTERS[intent.level];
    const done = answered(setter);
    if (done)
      return {
        type: 'say',
        text: done.ok ? say.levelSet(intent.level, requestedLevel(after, setter)) : say.toolFailed,
      };
    if (!offered(setter)) return { type: 'say', text: say.noTool(intent.level) };
    if ('to' in intent.change) return setLevel(intent.level, intent.change.to);
  }

  const status = answered(STATUS_TOOL);
  if (!status) {
    if (offered(STATUS_TOOL)) return { type: 'call', name: STATUS_TOOL, arguments: {} };
    return {
      type: 'say',
      text:
        intent.kind === 'change_level'
          ? say.needsNumber
          : intent.kind === 'battery'
            ? say.noBattery
            : say.noTool(intent.level),
    };
  }
  const known = status.ok ? readStatus(status.text) : {};
  if (intent.kind === 'battery')
    return {
      type: 'say',
      text: known.battery === undefined ? say.noBattery : say.battery(known.battery, known.charging === true),
    };
  const current = known[intent.level];
  if (current === undefined)
    return { type: 'say', text: intent.kind === 'change_level' ? say.needsNumber : say.toolFailed };
  if (intent.kind === 'ask_level') return { type: 'say', text: say.level(intent.level, current) };
  const wanted = Math.min(100, Math.max(0, Math.round(current + ('by' in intent.change ? intent.change.by : 0))));
  return wanted === current
    ? { type: 'say', text: say.atLimit(intent.level, current) }
    : setLevel(intent.level, wanted);
}

function setLevel(level: Level, value: number): DeviceStep {
  return { type: 'call', name: SETTERS[level], arguments: { [level]: value } };
}

/** What this turn's own call asked for. */
function requestedLevel(after: readonly ChatMessage[], setter: string): number {
  for (const message of after.toReversed()) {
    const call =
      message.role === 'assistant' ? message.toolCalls?.find((candidate) => candidate.name === setter) : undefined;
    const value = call && Object.values(call.arguments)[0];
    if (typeof value === 'number') return value;
  }
  return 0;
}

type DeviceState = Partial<Record<Level | 'battery', number>> & { readonly charging?: boolean };

/** The JSON inside the status tool's text; whatever is not there is left out. */
function readStatus(text: string): DeviceState {
  let status: unknown;
  try {
    status = JSON.parse(text);
  } catch {
    return {};
  }
  const state: { -readonly [K in keyof DeviceState]: DeviceState[K] } = {};
  const volume = field(status, 'audio_speaker', 'volume');
  const brightness = field(status, 'screen', 'brightness');
  const battery = field(status, 'battery', 'level');
  if (typeof volume === 'number') state.volume = volume;
  if (typeof brightness === 'number') state.brightness = brightness;
  if (typeof battery === 'number') state.battery = battery;
  if (field(status, 'battery', 'charging') === true) state.charging = true;
  return state;
}

function field(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const key of path)
    at =
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<string, unknown>)[key]
        : undefined;
  return at;
}
