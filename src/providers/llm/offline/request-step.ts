import { uiLanguage, DAY_MS } from '../../../core/index.js';
import type { ChatMessage, LlmRequest } from '../llm-port.js';
import { readToolResult } from '../tool-result.js';
import type { DeviceStep } from './device-control.js';
import { phrases } from './phrases.js';
import type { SaidTime, ToolRequest } from './requests.js';

/** The call of a tool of the server, or a sentence about its answer. `now`: its UTC fields show the local time. */
export function nextRequestStep(
  { tool, arguments: args, at }: ToolRequest,
  { tools, language }: Pick<LlmRequest, 'tools' | 'language'>,
  after: readonly ChatMessage[],
  now: Date,
): DeviceStep {
  const words = phrases(uiLanguage(language));
  const answer = after.findLast((message) => message.role === 'tool' && message.name === tool);
  if (answer) {
    const { ok, text } = readToolResult(answer.content);
    return { type: 'say', text: ok ? text : words.requestFailed };
  }
  if (!tools.some(({ name }) => name === tool))
    return { type: 'say', text: tool === 'music_control' ? words.ok : words.cannot };
  return { type: 'call', name: tool, arguments: at ? { ...args, at: localTime(at, now) } : args };
}

/** A time such as `2026-11-28T07:30`: on the day that was named, or the next time that it comes. */
function localTime({ hour, minute, days }: SaidTime, now: Date): string {
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const time = midnight + (hour * 60 + minute) * 60_000;
  const moment = time + (days ?? (time <= now.getTime() ? 1 : 0)) * DAY_MS;
  return new Date(moment).toISOString().slice(0, 16);
}
