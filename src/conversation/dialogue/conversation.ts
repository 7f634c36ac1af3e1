import { ChorusError, uiLanguage, type Clock, type Logger, type Metrics } from '../../core/index.js';
import { History } from './history.js';
import type {
  ChatMessage,
  Conversation,
  LlmProvider,
  ReplyPart,
  ToolCall,
  TurnInput,
} from '../../providers/llm/llm-port.js';
import { systemPrompt } from './prompt.js';
import { ReplyText, type TextPart } from './text/index.js';
import { TokenUsage } from './token-usage.js';
import { callTool } from '../tools/tool-call.js';

/** What may be another from one answer to the next. */
export interface ConversationSettings {
  readonly llm: LlmProvider;
  /** Of the same service, in place of the provider's own. Undefined: that. */
  readonly model?: string | undefined;
  /** Who the assistant is, in the owner's words; undefined: a plain helpful assistant. */
  readonly persona: string | undefined;
  /** Bound of one reply. */
  readonly maxTokens: number;
  /** Exchanges remembered. */
  readonly historyTurns: number;
}

export interface ConversationOptions {
  /** Asked when an answer is begun: it goes on with those, also through rounds of tools. */
  readonly settings: () => ConversationSettings;
  /** Board name for the prompt, where it is known. */
  readonly device: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Tools may be called in this many rounds; then the model has to speak. */
const TOOL_ROUNDS = 4;
/** Calls of one round; more are refused, in words the model reads. */
const CALLS_PER_ROUND = 4;
/** Estimated tokens of history: with prompt, tools and reply it fits the 4,096 that a local model often has. */
const HISTORY_TOKENS = 2000;
/** A token is rarely longer than this; a stream that brings more than its bound is cut. */
const CHARS_PER_TOKEN = 12;

/** One device's conversation: prompt, what was heard so far, tools. Keeps no timers between turns. */
export function createConversation(options: ConversationOptions): Conversation {
  const history = new History(() => ({ turns: options.settings().historyTurns, tokens: HISTORY_TOKENS }));
  return {
    expect: () => options.settings().llm.expect?.(),
    respond: (input, signal) =>
      new Reply({ ...options, ...options.settings() }, history.messages(input.text), input, signal).parts(),
    heard: (userText, replyText) => history.add(userText, replyText),
  };
}

/** One answer: rounds of the model, each perhaps ending in tool calls. */
class Reply {
  readonly #messages: ChatMessage[];
  #firstTokenSeen = false;
  #spoke = false;
  #wrote = false;
  #calledTools = false;
  #chars = 0;
  readonly #usage = new TokenUsage();

  constructor(
    private readonly options: ConversationOptions & ConversationSettings,
    messages: readonly ChatMessage[],
    private readonly input: TurnInput,
    private readonly signal: AbortSignal,
  ) {
    const { persona, device, clock } = options;
    const prompt = systemPrompt({
      persona,
      device,
      language: input.language,
      timeZone: input.timeZone,
      nowMs: clock.wallMs(),
      hasTools: input.tools.tools.length > 0,
    });
    this.#messages = [{ role: 'system', content: prompt }, ...messages];
  }

  async *parts(): AsyncGenerator<ReplyPart> {
    try {
      yield* this.#answer();
      // Whether it was for nothing is known only then.
      await this.input.certainty?.whenCertain(this.signal);
    } finally {
      if (this.input.certainty?.certain === false) this.#countWaste();
    }
  }

  async *#answer(): AsyncGenerator<ReplyPart> {
    for (let round = 0; ; round++) {
      const calls: ToolCall[] = [];
      let written = '';
      for await (const part of this.#round(round < TOOL_ROUNDS, calls)) {
        if (part.type === 'written') written += part.text;
        else yield part;
      }
      // Some models call on though nothing is offered any more.
      if (calls.length === 0 || round === TOOL_ROUNDS) break;
      // A tool does something in the world: not on a guess.
      await this.input.certainty?.whenCertain(this.signal);
      this.#calledTools = true;
      this.#messages.push({ role: 'assistant', content: written, toolCalls: calls });
      await this.#runTools(calls);
    }
    if (this.#spoke) return;
    // Done without a word: a short one tells that it was. An answer of nothing but a face is an answer, too.
    if (this.#calledTools)
      yield { type: 'speech', text: uiLanguage(this.input.language) === 'zh' ? '好了。' : 'Done.' };
    else if (!this.#wrote) throw new ChorusError('llm.failed', 'the model answered with nothing');
  }

  /** One request. What was written so far is spoken before a tool runs. */
  async *#round(
    offerTools: boolean,
    calls: ToolCall[],
  ): AsyncGenerator<ReplyPart | { readonly type: 'written'; readonly text: string }> {
    const { llm, model, maxTokens, metrics, log } = this.options;
    const { language, timeZone, tools } = this.input;
    const text = new ReplyText({ language });
    const request = {
      messages: [...this.#messages],
      tools: offerTools ? tools.tools : [],
      maxTokens,
      model,
      language,
      timeZone,
      certainty: this.input.certainty,
    };
    this.#usage.asked(request.messages);
    for await (const delta of llm.stream(request, this.signal)) {
      this.signal.throwIfAborted();
      if (!this.#firstTokenSeen && delta.type !== 'usage') {
        this.#firstTokenSeen = true;
        yield { type: 'first_token' };
      }
      if (delta.type === 'text') {
        const room = maxTokens * CHARS_PER_TOKEN - this.#chars;
        const kept = delta.text.slice(0, room);
        this.#chars += kept.length;
        this.#wrote ||= kept.trim() !== '';
        this.#usage.wrote(kept);
        yield { type: 'written', text: kept };
        yield* this.#speak(text.push(kept));
        if (kept.length < delta.text.length) {
          log.warn('The reply was longer than it was allowed to be, and was cut', { llm: llm.id });
          break;
        }
      } else if (delta.type === 'tool_call') {
        calls.push(delta.call);
      } else {
        this.#usage.reported(delta.inputTokens, delta.outputTokens);
        if (delta.inputTokens !== undefined)
          metrics.count('chorus_llm_tokens_total', { direction: 'input' }, delta.inputTokens);
        if (delta.outputTokens !== undefined)
          metrics.count('chorus_llm_tokens_total', { direction: 'output' }, delta.outputTokens);
        yield { type: 'usage', inputTokens: delta.inputTokens, outputTokens: delta.outputTokens };
      }
    }
    this.signal.throwIfAborted();
    yield* this.#speak(text.flush());
  }

  *#speak(parts: readonly TextPart[]): Generator<ReplyPart> {
    for (const part of parts) {
      if (part.type === 'speech') this.#spoke = true;
      yield part;
    }
  }

  /** Nobody heard it. What was refused before the model saw it cost nothing. */
  #countWaste(): void {
    if (!this.#firstTokenSeen && !this.signal.aborted) return;
    const { inputTokens, outputTokens } = this.#usage;
    this.options.metrics.count('chorus_llm_wasted_tokens_total', { direction: 'input' }, inputTokens);
    this.options.metrics.count('chorus_llm_wasted_tokens_total', { direction: 'output' }, outputTokens);
  }

  /** One after the other: the device runs them on its main task anyway. */
  async #runTools(calls: readonly ToolCall[]): Promise<void> {
    for (const [index, call] of calls.entries()) {
      const content = await callTool(
        this.input.tools,
        call,
        { allowed: index < CALLS_PER_ROUND, clock: this.options.clock, log: this.options.log },
        this.signal,
      );
      this.signal.throwIfAborted();
      this.#messages.push({ role: 'tool', toolCallId: call.id, name: call.name, content });
    }
  }
}
