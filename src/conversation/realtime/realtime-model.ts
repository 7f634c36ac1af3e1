import { type LanguageTag, type Metrics, uiLanguage } from '../../core/index.js';
import {
  toolsForModels,
  type ChatMessage,
  type LlmDelta,
  type LlmProvider,
  type LlmRequest,
  type RealtimeInput,
  type RealtimeRequest,
} from '../../providers/index.js';
import type { LinkCall, RealtimeLink } from './realtime-link.js';
import { realtimeWords } from './words.js';

export interface RealtimeModelOptions {
  readonly link: RealtimeLink;
  readonly deviceId: string;
  readonly ordinary: () => LlmProvider;
  readonly metrics: Metrics;
}

type ToolMessage = Extract<ChatMessage, { readonly role: 'tool' }>;

interface Asked {
  readonly request: RealtimeRequest;
  readonly userText: string;
  /** The prompt for a new session, with the whole conversation so far. */
  readonly prompt: string;
}

/**
 * A realtime model as the language model of a conversation. The ordinary language model takes over when the realtime
 * model lacks a feature or fails.
 */
export class RealtimeModel implements LlmProvider {
  readonly local = false;
  /** Tool calls that the current session waits for, by id. */
  readonly #calls = new Map<string, object>();

  constructor(private readonly options: RealtimeModelOptions) {}

  get id(): string {
    return this.options.ordinary().id;
  }

  expect(): void {
    if (!this.options.link.usable) this.options.ordinary().expect?.();
  }

  async *stream(request: LlmRequest, signal: AbortSignal): AsyncGenerator<LlmDelta> {
    const call = request.certainty?.certain === false ? undefined : this.options.link.enter();
    const asked = call && this.#asked(request, call);
    if (!call || !asked) {
      call?.released();
      yield* this.options.ordinary().stream(request, signal);
      return;
    }
    let result: 'answered' | 'failed' | 'interrupted' = 'interrupted';
    try {
      yield* this.#answer(call, asked, signal);
      result = 'answered';
    } catch (error) {
      signal.throwIfAborted();
      result = 'failed';
      call.failed(error);
    } finally {
      // The caller may have stopped reading, for example because the person spoke again.
      call.released();
      this.options.metrics.count('chorus_realtime_answers_total', { service: call.service.provider.id, result });
    }
    if (result !== 'failed') return;
    // The server's voice speaks the rest.
    yield { type: 'speech', speech: undefined };
    yield* this.options.ordinary().stream(request, signal);
  }

  async *#answer(call: LinkCall, asked: Asked, signal: AbortSignal): AsyncGenerator<LlmDelta> {
    const { session, service } = call;
    const { deviceId, link, metrics } = this.options;
    link.answering(asked.userText, asked.prompt);
    for await (const delta of session.respond(asked.request, signal)) {
      if (delta.type === 'usage') {
        // The tokens in a turn's record are billed at the prices of the ordinary model. The tokens of the realtime
        // model are counted here instead.
        for (const [direction, tokens] of [
          ['input', delta.inputTokens ?? 0],
          ['output', delta.outputTokens ?? 0],
        ] as const) {
          metrics.count('chorus_llm_tokens_total', { direction }, tokens);
          service.spender?.spent(deviceId, service.provider.id, `${direction}_tokens`, tokens);
        }
        continue;
      }
      if (delta.type === 'tool_call') this.#calls.set(delta.call.id, session);
      yield delta;
    }
    call.succeeded();
  }

  /** Undefined if the model cannot take the input. */
  #asked({ messages, tools, language }: LlmRequest, { session, service: { provider } }: LinkCall): Asked | undefined {
    const at = messages.findLastIndex(({ role }) => role === 'user');
    const user = messages[at];
    if (!user) return undefined;
    const system = messages.find(({ role }) => role === 'system')?.content ?? '';
    const earlier = messages.slice(0, at).filter(({ role }) => role === 'user' || role === 'assistant');
    const input = this.#inputOf(user.content, messages.slice(at + 1), session);
    if (!provider.text && input.some(({ type }) => type === 'text')) return undefined;
    const unknown = withoutKnown(earlier, (text) => this.options.link.knows(text));
    return {
      request: {
        instructions: withExchanges(system, unknown, language),
        tools: provider.tools
          ? toolsForModels(tools).map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
          : [],
        input,
      },
      userText: user.content,
      prompt: withExchanges(system, [...earlier, user], language),
    };
  }

  #inputOf(userText: string, after: readonly ChatMessage[], session: object): readonly RealtimeInput[] {
    const { link } = this.options;
    const typed: RealtimeInput = { type: 'text', text: userText };
    if (after.length === 0) return link.hasHeard(userText) ? [] : [typed];
    const results = this.#resultsOf(after, session);
    return link.knows(userText) || link.hasHeard(userText) ? results : [typed, ...results];
  }

  #resultsOf(after: readonly ChatMessage[], session: object): readonly RealtimeInput[] {
    const round = after.slice(after.findLastIndex(({ role }) => role === 'assistant') + 1);
    return round
      .filter((message): message is ToolMessage => message.role === 'tool')
      .map(({ toolCallId, name, content }): RealtimeInput => {
        const own = this.#calls.get(toolCallId) === session;
        this.#calls.delete(toolCallId);
        return own
          ? { type: 'tool_result', callId: toolCallId, text: content }
          : // This server made the call, or the session that made it has ended.
            { type: 'text', text: `${name}: ${content}` };
      });
  }
}

function withoutKnown(messages: readonly ChatMessage[], knows: (userText: string) => boolean): readonly ChatMessage[] {
  let known = false;
  return messages.filter(({ role, content }) => {
    if (role === 'user') known = knows(content);
    return !known;
  });
}

/** Some services do not take earlier exchanges as messages, so the prompt contains them as data at its end. */
function withExchanges(system: string, messages: readonly ChatMessage[], language: LanguageTag): string {
  if (messages.length === 0) return system;
  const lines = messages.map(({ role, content }) => JSON.stringify({ role, content }));
  return [system, realtimeWords.before[uiLanguage(language)], ...lines].join('\n');
}
