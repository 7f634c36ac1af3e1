import { MINUTE_MS, uiLanguage, DAY_MS, type UiLanguage } from '../../../core/index.js';
import type { ChatMessage, LlmRequest, ToolSpec } from '../llm-port.js';
import { readToolResult } from '../tool-result.js';
import type { DeviceStep } from './device-control.js';
import { phrases } from './phrases.js';
import type { SaidTime } from './said-times.js';
import { spokenAnswer } from './spoken-answer.js';
import type { ToolRequest } from './tool-request.js';

/** For a change of role, the tool must also know the role. */
export const canRequest = (wanted: ToolRequest, tools: readonly ToolSpec[]): boolean =>
  fitted(wanted, tools) !== undefined;

/** `now` shows the local time in its UTC fields. */
export function nextRequestStep(
  wanted: ToolRequest,
  { tools, language }: Pick<LlmRequest, 'tools' | 'language'>,
  after: readonly ChatMessage[],
  now: Date,
): DeviceStep {
  const { tool, at, days } = wanted;
  const ui = uiLanguage(language);
  const words = phrases(ui);
  const fit = fitted(wanted, tools);
  const name = fit?.tool ?? tool;
  const answer = after.findLast((message) => message.role === 'tool' && message.name === name);
  if (answer) {
    const { ok, text } = readToolResult(answer.content);
    return { type: 'say', text: ok ? spokenAnswer(name, text, ui) : words.requestFailed };
  }
  if (!fit) return { type: 'say', text: tool === 'music_control' ? words.ok : words.cannot };
  return {
    type: 'call',
    name,
    arguments: {
      ...fit.arguments,
      ...(tool === 'remember_fact' && { fact: inThirdPerson(String(fit.arguments['fact']), ui) }),
      ...(at && { at: localTime(at, now) }),
      ...(days !== undefined && { date: new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10) }),
    },
  };
}

/** In the prompt, a fact in the first person would sound like a fact about the assistant. */
const FIRST_PERSON = /^(?:i|i'm|i've|my|we|we're|our)\b|^(?:我|咱)/i;
const inThirdPerson = (fact: string, language: UiLanguage): string =>
  FIRST_PERSON.test(fact) ? phrases(language).userSaid(fact) : fact;

type Fit = Pick<ToolRequest, 'tool' | 'arguments'>;

const lettersIn = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

function fitted(wanted: ToolRequest, tools: readonly ToolSpec[]): Fit | undefined {
  const { tool, arguments: args } = wanted;
  const offered = tools.find(({ name }) => name === tool);
  if (!offered) return tool === 'home_control' ? ownLamp(args, tools) : undefined;
  return tool === 'change_role' ? roleOf(offered, wanted) : { tool, arguments: args };
}

function roleOf({ inputSchema }: ToolSpec, { tool, arguments: args }: ToolRequest): Fit | undefined {
  const { properties } = inputSchema as { readonly properties?: { readonly role?: { readonly enum?: unknown } } };
  const known = Array.isArray(properties?.role?.enum) ? (properties.role.enum as readonly unknown[]) : [];
  const said = lettersIn(typeof args['role'] === 'string' ? args['role'] : '');
  const role = known.find((name) => {
    const letters = typeof name === 'string' ? lettersIn(name) : '';
    return letters !== '' && said !== '' && (letters.includes(said) || said.includes(letters));
  });
  return role === undefined ? undefined : { tool, arguments: { ...args, role } };
}

/** "The light" without a room means the device's lamp, if the tool `home_control` is not offered. */
const A_LAMP = /^(?:lights?|lamps?|灯|电灯|小灯|小?夜灯|台灯)$/;
/** `self.lamp.turn_on` of many boards, and `Lamp.TurnOn` of old firmware, with the names that models see. */
const LAMP_TOOLS = {
  turn_on: /^(?:self_(?:lamp|light|led)_turn_on|(?:Lamp|Light|LED)_TurnOn)$/,
  turn_off: /^(?:self_(?:lamp|light|led)_turn_off|(?:Lamp|Light|LED)_TurnOff)$/,
};

function ownLamp(args: ToolRequest['arguments'], tools: readonly ToolSpec[]): Fit | undefined {
  if (!A_LAMP.test(String(args['name']))) return undefined;
  const pattern = LAMP_TOOLS[args['action'] === 'turn_on' ? 'turn_on' : 'turn_off'];
  const lamp = tools.find(({ name }) => pattern.test(name));
  return lamp && { tool: lamp.name, arguments: {} };
}

/** Returns a time such as `2026-11-28T07:30`, on the named day or at the next occurrence. */
function localTime({ hour, minute, days, weekday }: SaidTime, now: Date): string {
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const time = midnight + (hour * 60 + minute) * MINUTE_MS;
  const passed = time <= now.getTime();
  const toWeekday = weekday === undefined ? undefined : (weekday - now.getUTCDay() + 7) % 7 || (passed ? 7 : 0);
  const moment = time + (days ?? toWeekday ?? (passed ? 1 : 0)) * DAY_MS;
  return new Date(moment).toISOString().slice(0, 16);
}
