import { uiLanguage, type Clock, type UiLanguage } from '../../../core/index.js';
import type { ChatMessage, LlmDelta, LlmProvider, LlmRequest } from '../llm-port.js';
import { speakSum } from './arithmetic.js';
import { speakDate, speakTime, speakYear, wallTime } from './calendar.js';
import { canControl, nextDeviceStep, type DeviceStep } from './device-control.js';
import { understand, type Intent } from './intents.js';
import { canRequest, nextRequestStep } from './request-step.js';
import { phrases } from './phrases.js';

const MAX_REPEATED_CHARS = 80;

export interface OfflineOptions {
  readonly clock: Clock;
}

/** Answers by rules, for example when no language model is configured. Says that it is not a language model. */
export function createOfflineAssistant(options: OfflineOptions): LlmProvider {
  return {
    id: 'offline',
    local: true,
    byRules: true,
    stream: (request, signal) => answer(request, options.clock, signal),
  };
}

export function answersByRules({ messages, tools }: LlmRequest): boolean {
  const intent = understand(messages.findLast(({ role }) => role === 'user')?.content ?? '');
  switch (intent.kind) {
    case 'time':
    case 'date':
    case 'year':
    case 'sum':
      return true;
    case 'battery':
    case 'ask_level':
    case 'change_level':
      return canControl(intent, tools);
    case 'request':
      return intent.modelFirst !== true && canRequest(intent, tools);
    default:
      return false;
  }
}

async function* answer(request: LlmRequest, clock: Clock, signal: AbortSignal): AsyncGenerator<LlmDelta> {
  signal.throwIfAborted();
  const asked = request.messages.findLastIndex((message) => message.role === 'user');
  const text = request.messages[asked]?.content ?? '';
  const before = request.messages.slice(0, Math.max(0, asked));
  const after = request.messages.slice(asked + 1);
  const step = decide(text, request, before, after, clock);
  if (step.type === 'say') yield { type: 'text', text: step.text };
  else yield { type: 'tool_call', call: { id: `offline-${after.length}`, name: step.name, arguments: step.arguments } };
}

function decide(
  text: string,
  request: LlmRequest,
  before: readonly ChatMessage[],
  after: readonly ChatMessage[],
  clock: Clock,
): DeviceStep {
  const language = uiLanguage(request.language);
  const intent = understand(text);
  switch (intent.kind) {
    case 'battery':
    case 'ask_level':
    case 'change_level':
      return nextDeviceStep(intent, request.tools, after, language);
    case 'request':
      if (intent.modelFirst === true && !canRequest(intent, request.tools))
        return { type: 'say', text: repeat(text.trim(), language, before) };
      return nextRequestStep(intent, request, after, wallTime(clock.wallMs(), request.timeZone));
    default:
      return { type: 'say', text: speak(intent, language, clock, request.timeZone, before) };
  }
}

type SpokenIntent = Exclude<Intent, { kind: 'battery' | 'ask_level' | 'change_level' | 'request' }>;

function speak(
  intent: SpokenIntent,
  language: UiLanguage,
  clock: Clock,
  timeZone: string,
  before: readonly ChatMessage[],
): string {
  const say = phrases(language);
  switch (intent.kind) {
    case 'time':
      return speakTime(wallTime(clock.wallMs(), timeZone), language);
    case 'date':
      return speakDate(wallTime(clock.wallMs(), timeZone), intent.days, language);
    case 'year':
      return speakYear(wallTime(clock.wallMs(), timeZone), language);
    case 'sum':
      return speakSum(intent.sum, language);
    case 'who':
      return `${say.who} ${say.connect}`;
    case 'abilities':
      return `${say.abilities} ${say.connect}`;
    case 'connect':
      return say.connect;
    case 'greeting':
    case 'how_are_you':
    case 'thanks':
    case 'goodbye':
      return say[intent.kind];
    default:
      return repeat(intent.heard, language, before);
  }
}

/** Repeats what was heard. Also explains this assistant, unless the history already contains the explanation. */
function repeat(heard: string, language: UiLanguage, before: readonly ChatMessage[]): string {
  const say = phrases(language);
  if (heard === '') return say.nothing;
  const words = Array.from(heard)
    .slice(0, MAX_REPEATED_CHARS)
    .join('')
    .replace(/[\s,，。、.!?！？;；]+$/u, '');
  const repeated = say.repeat(words);
  const explained = before.some((message) => message.role === 'assistant' && message.content.includes('chorus setup'));
  // The sound of `who` is usually prepared already, so the rest can be synthesised while it is played.
  return explained ? repeated : `${say.who} ${repeated} ${say.connect}`;
}
