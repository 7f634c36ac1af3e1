import { uiLanguage, DAY_MS, type UiLanguage } from '../../../core/index.js';
import type { ChatMessage, LlmRequest, ToolSpec } from '../llm-port.js';
import { readToolResult } from '../tool-result.js';
import type { DeviceStep } from './device-control.js';
import { phrases } from './phrases.js';
import type { SaidTime } from './said-times.js';
import { spokenAnswer } from './spoken-answer.js';
import type { ToolRequest } from './tool-request.js';

/** Whether the tool is offered and, where a role is wanted, knows it. */
export const canRequest = (wanted: ToolRequest, tools: readonly ToolSpec[]): boolean =>
  fitted(wanted, tools) !== undefined;

/** The call of a tool of the server, or a sentence about its answer. `now`: its UTC fields show the local time. */
export function nextRequestStep(
  wanted: ToolRequest,
  { tools, language }: Pick<LlmRequest, 'tools' | 'language'>,
  after: readonly ChatMessage[],
  now: Date,
): DeviceStep {
  const { tool, at, days } = wanted;
  const ui = uiLanguage(language);
  const words = phrases(ui);
  const answer = after.findLast((message) => message.role === 'tool' && message.name === tool);
  if (answer) {
    const { ok, text } = readToolResult(answer.content);
    return { type: 'say', text: ok ? spokenAnswer(tool, text, ui) : words.requestFailed };
  }
  const args = fitted(wanted, tools);
  if (!args) return { type: 'say', text: tool === 'music_control' ? words.ok : words.cannot };
  return {
    type: 'call',
    name: tool,
    arguments: {
      ...args,
      ...(tool === 'remember_fact' && { fact: inThirdPerson(String(args['fact']), ui) }),
      ...(at && { at: localTime(at, now) }),
      ...(days !== undefined && { date: new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10) }),
    },
  };
}

/** A fact in the first person. In the prompt it would read as if the assistant spoke of itself. */
const FIRST_PERSON = /^(?:i|i'm|i've|my|we|we're|our)\b|^(?:我|咱)/i;
const inThirdPerson = (fact: string, language: UiLanguage): string =>
  FIRST_PERSON.test(fact) ? phrases(language).userSaid(fact) : fact;

const lettersIn = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The arguments for the offered tool, a role by its exact name. Undefined: no offered tool can do it. */
function fitted(
  { tool, arguments: args }: ToolRequest,
  tools: readonly ToolSpec[],
): ToolRequest['arguments'] | undefined {
  const offered = tools.find(({ name }) => name === tool);
  if (!offered || tool !== 'change_role') return offered && args;
  const { properties } = offered.inputSchema as {
    readonly properties?: { readonly role?: { readonly enum?: unknown } };
  };
  const known = Array.isArray(properties?.role?.enum) ? (properties.role.enum as readonly unknown[]) : [];
  const said = lettersIn(typeof args['role'] === 'string' ? args['role'] : '');
  const role = known.find((name) => {
    const letters = typeof name === 'string' ? lettersIn(name) : '';
    return letters !== '' && said !== '' && (letters.includes(said) || said.includes(letters));
  });
  return role === undefined ? undefined : { ...args, role };
}

/** A time such as `2026-11-28T07:30`: on the day that was named, or the next time that it comes. */
function localTime({ hour, minute, days, weekday }: SaidTime, now: Date): string {
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const time = midnight + (hour * 60 + minute) * 60_000;
  const passed = time <= now.getTime();
  const toWeekday = weekday === undefined ? undefined : (weekday - now.getUTCDay() + 7) % 7 || (passed ? 7 : 0);
  const moment = time + (days ?? toWeekday ?? (passed ? 1 : 0)) * DAY_MS;
  return new Date(moment).toISOString().slice(0, 16);
}
