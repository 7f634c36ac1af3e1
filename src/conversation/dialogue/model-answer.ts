import { ChorusError, uiLanguage } from '../../core/index.js';
import { phrase } from '../session/phrases.js';
import { ModelOutput, type OutputPart } from './model-output.js';
import type { KnownPassage } from './prompt-sources.js';
import { noteSources, type ReplyPart, type TurnInput } from './conversation-port.js';
import type { ChatMessage, LlmRequest, ModelSpeech, ToolCall } from '../../providers/llm/llm-port.js';
import { systemPrompt, weatherFor } from './prompt.js';
import { isWhole, ReplyText, type TextPart } from './text/index.js';
import { TokenUsage } from './token-usage.js';
import { wantsSilence } from './wants-silence.js';
import type { CalledTool } from '../tools/tool-call.js';
import { offeredName } from '../tools/tool-name.js';
import { leave } from '../tools/tool-stream.js';
import type { ToolCalls } from './tool-calls.js';
import { toolSpeech, type ToolSpeech } from './tool-speech.js';
import type { OfferedTool } from '../tools/tool-source.js';
import type { SoundQueue } from '../../speech/speaking/speaking-port.js';
import { dialogueWords } from './words.js';
import type { ConversationOptions, ConversationSettings } from './conversation-options.js';

/** Maximum number of rounds with tool calls. Afterwards the model has to speak. */
const TOOL_ROUNDS = 4;
/** Few tokens are longer. Text beyond `maxTokens` times this length is cut off. */
const CHARS_PER_TOKEN = 12;

/** The settings are those that applied when the answer began. */
export interface AnswerOptions extends ConversationOptions, ConversationSettings {
  /** Service and name of models that closed a reasoning block without opening one. */
  readonly thinkingAloud: Set<string>;
  readonly toolCalls: ToolCalls;
}

interface Round {
  output: ModelOutput;
  text: ReplyText;
  /** Set if the model itself speaks the text. */
  speech: ModelSpeech | undefined;
  readonly calls: ToolCall[];
}

type RoundPart = ReplyPart | { readonly type: 'written'; readonly text: string };

/** One answer consists of rounds. Each round is one request to the model, and may end in tool calls. */
export class ModelAnswer {
  readonly #messages: ChatMessage[];
  #firstTokenSeen = false;
  #spoke = false;
  #calledTools = false;
  #ends = false;
  /** Sounds of a tool. The last tool wins. */
  #sounds: SoundQueue | undefined;
  #lastWords = '';
  #chars = 0;
  #resultChars = 0;
  readonly #usage: TokenUsage;
  #offered: readonly OfferedTool[];

  constructor(
    private readonly options: AnswerOptions,
    messages: readonly ChatMessage[],
    private readonly input: TurnInput,
    private readonly signal: AbortSignal,
  ) {
    this.#offered = input.tools.list();
    this.#messages = [...messages];
    this.#usage = input.usage ?? new TokenUsage();
  }

  async *parts(): AsyncGenerator<ReplyPart> {
    const { refusal } = this.options;
    if (refusal !== undefined) {
      yield* this.#say(refusal);
      yield { type: 'end' };
      return;
    }
    try {
      const passages = (await this.options.knowledge?.recall(this.input.text)) ?? [];
      this.#messages.unshift({ role: 'system', content: await this.#prompt(passages) });
      yield* noteSources(passages.map(({ source }) => source));
      yield* this.#answer();
      // Wait for certainty first, because `finally` counts an uncertain answer as wasted.
      await this.input.certainty?.whenCertain(this.signal);
      yield* this.#playSounds();
    } catch (error) {
      // The requested sounds play even if a later round fails.
      if (this.#sounds && !this.signal.aborted) yield* this.#playSounds();
      throw error;
    } finally {
      if (this.input.certainty?.certain === false) this.#countWaste();
    }
  }

  /**
   * Plays the sounds of a tool, which come last because no speech follows sounds. Otherwise continues the sounds that
   * the question has interrupted, unless the user wants silence.
   */
  *#playSounds(): Generator<ReplyPart> {
    const { tools, text } = this.input;
    if (this.#sounds) {
      yield { type: 'play', sounds: this.#sounds, ...(tools.asking() && { after: this.#lastWords }) };
      return;
    }
    if (tools.asking()) return;
    if (this.#ends || wantsSilence(text)) {
      tools.silence?.();
      if (!this.#ends) yield { type: 'silence' };
      return;
    }
    const sounds = tools.interrupted?.();
    if (sounds) yield { type: 'play', sounds, after: this.#lastWords };
  }

  async #prompt(passages: readonly KnownPassage[]): Promise<string> {
    const { persona, contentRules, name, place, device, clock, toolCalls } = this.options;
    const { input } = this;
    const memory = (await this.options.memory?.recall(input.text, this.signal)) ?? [];
    this.signal.throwIfAborted();
    return systemPrompt({
      persona,
      contentRules,
      name,
      place,
      device,
      memory,
      handover: this.options.history?.handover,
      passages: passages.map(({ source, text }) => `${source}: ${text}`),
      person: input.person,
      weather: weatherFor(this.options, input.language),
      weatherTool: this.#offered.find((tool) => tool.name.includes('weather'))?.name,
      language: input.language,
      otherUnspoken: input.otherUnspoken,
      timeZone: input.timeZone,
      nowMs: clock.wallMs(),
      tools: this.#offered.some(({ effects }) => effects === 'device') ? 'device' : this.#offered[0] && 'server',
      state: input.tools.state(),
      late: toolCalls.late(),
    });
  }

  async *#answer(): AsyncGenerator<ReplyPart> {
    yield* this.#rounds();
    if (this.#ends && this.input.farewell !== undefined) yield* this.#say(this.input.farewell);
    else if (this.#spoke) return;
    // The tools were called, but the model said nothing. A short word tells the user that the request is done.
    else if (this.#calledTools) yield* this.#say(dialogueWords.done[uiLanguage(this.input.language)]);
    else throw new ChorusError('llm.failed', dialogueWords.noWord);
  }

  async *#rounds(): AsyncGenerator<ReplyPart> {
    const confirmed = await this.#confirmedCall();
    if (confirmed && (yield* this.#callTools([confirmed], ''))) return;
    for (let round = 0; ; round++) {
      const calls: ToolCall[] = [];
      let written = '';
      for await (const part of this.#round(round < TOOL_ROUNDS, calls)) {
        if (part.type === 'written') written += part.text;
        else yield part;
      }
      if (calls.length === 0) break;
      // Some models call tools even if none are offered.
      if (round === TOOL_ROUNDS) {
        if (!this.#spoke) yield* this.#say(phrase(this.input.language, 'tools_stuck'));
        break;
      }
      if (yield* this.#callTools(calls, written)) break;
    }
  }

  async #confirmedCall(): Promise<ToolCall | undefined> {
    const { tools, text, certainty } = this.input;
    if (tools.asking()) await certainty?.whenCertain(this.signal);
    const confirmed = tools.heard(text);
    return confirmed && { id: 'confirmed', name: confirmed.name, arguments: confirmed.input };
  }

  /** Returns true if no further round is needed. */
  async *#callTools(calls: readonly ToolCall[], written: string): AsyncGenerator<ReplyPart, boolean> {
    // Tools with effects must wait until the question is certain.
    if (!calls.every(({ name }) => this.#offered.find((tool) => tool.name === name)?.effects === 'none'))
      await this.input.certainty?.whenCertain(this.signal);
    this.#calledTools = true;
    this.#messages.push({ role: 'assistant', content: written, toolCalls: calls });
    for (const { name } of calls) yield { type: 'tool', name };
    const { toolCalls } = this.options;
    const answers = yield* toolCalls.run(this.input.tools, calls, this.#resultChars, this.signal);
    const told = yield* this.#sayForTools(answers);
    for (const [index, { id, name }] of calls.entries()) {
      const content = told[index]?.result ?? '';
      this.#resultChars += content.length;
      this.#messages.push({ role: 'tool', toolCallId: id, name, content });
    }
    const question = answers.findLast(({ ask }) => ask !== undefined)?.ask;
    if (question === undefined) return told.every(({ whole }) => whole);
    // The question comes last, because the user answers what was said last.
    yield* this.#say(question);
    return true;
  }

  async *#round(offerTools: boolean, calls: ToolCall[]): AsyncGenerator<RoundPart> {
    const { model, maxTokens } = this.options;
    const { language, timeZone, tools, pieces = false } = this.input;
    this.#offered = offerTools ? tools.list() : [];
    const round: Round = { ...this.#blank(pieces), speech: undefined, calls };
    const request = {
      messages: [...this.#messages],
      tools: this.#offered,
      maxTokens,
      model,
      language,
      timeZone,
      certainty: this.input.certainty,
    };
    this.#usage.asked(request.messages);
    try {
      yield* this.#stream(request, round);
    } catch (error) {
      // Sentences that were complete before the failure are still spoken.
      if (!this.signal.aborted) yield* this.#speak(round.text.flush().filter(isWhole), round.speech);
      throw error;
    }
    this.signal.throwIfAborted();
    yield* this.#flush(round);
  }

  get #modelKey(): string {
    const { llm, model } = this.options;
    return `${llm.id} ${model ?? ''}`;
  }

  get #names(): ReadonlySet<string> {
    return new Set(this.#offered.map(({ name }) => name));
  }

  #blank(pieces: boolean): Pick<Round, 'output' | 'text'> {
    return {
      output: new ModelOutput({
        tools: this.#names,
        thinksAloud: this.options.thinkingAloud.has(this.#modelKey),
      }),
      text: new ReplyText({ language: this.input.language, pieces }),
    };
  }

  *#flush(round: Round): Generator<RoundPart> {
    yield* this.#read(round.output.flush(), round);
    yield* this.#speak(round.text.flush(), round.speech);
    if (round.output.thoughtAloud) this.options.thinkingAloud.add(this.#modelKey);
  }

  async *#stream(request: LlmRequest, round: Round): AsyncGenerator<RoundPart> {
    const { llm, metrics, log } = this.options;
    for await (const delta of llm.stream(request, this.signal)) {
      this.signal.throwIfAborted();
      if (!this.#firstTokenSeen && (delta.type === 'text' || delta.type === 'tool_call')) {
        this.#firstTokenSeen = true;
        yield { type: 'first_token' };
      }
      if (delta.type === 'text') {
        const kept = delta.text.slice(0, request.maxTokens * CHARS_PER_TOKEN - this.#chars);
        this.#chars += kept.length;
        this.#usage.wrote(kept);
        yield* this.#read(round.output.push(kept), round);
        if (kept.length < delta.text.length) {
          log.warn('The reply was longer than allowed, and was cut', { problem: 'llm.reply_cut', llm: llm.id });
          break;
        }
      } else if (delta.type === 'tool_call') {
        round.calls.push({ ...delta.call, name: offeredName(delta.call.name, this.#names) ?? delta.call.name });
      } else if (delta.type === 'speech') {
        // From here on, another voice may speak: the model's own or the server's. A chunk must not contain both, so it
        // ends here.
        yield* this.#flush(round);
        Object.assign(round, this.#blank(false), { speech: delta.speech });
      } else {
        const { inputTokens, outputTokens } = delta;
        this.#usage.reported(inputTokens, outputTokens);
        if (inputTokens !== undefined) metrics.count('chorus_llm_tokens_total', { direction: 'input' }, inputTokens);
        if (outputTokens !== undefined) metrics.count('chorus_llm_tokens_total', { direction: 'output' }, outputTokens);
        yield { type: 'usage', inputTokens, outputTokens };
      }
    }
  }

  *#read(parts: readonly OutputPart[], { text, calls, speech }: Round): Generator<RoundPart> {
    for (const part of parts) {
      if (part.type === 'text') {
        yield { type: 'written', text: part.text };
        yield* this.#speak(text.push(part.text), speech);
      } else {
        calls.push({ id: `written_${calls.length + 1}`, ...part.call });
      }
    }
  }

  *#speak(parts: readonly TextPart[], speech?: ModelSpeech): Generator<ReplyPart> {
    for (const part of parts) {
      if (part.type === 'speech') {
        this.#spoke = true;
        if (part.text.trim() !== '') this.#lastWords = part.text;
      }
      yield part.type === 'speech' && speech ? { ...part, speech } : part;
    }
  }

  /**
   * Counts nothing if the model failed before its first token, because a refused request costs nothing. An aborted
   * request counts.
   */
  #countWaste(): void {
    if (!this.#firstTokenSeen && !this.signal.aborted) return;
    this.#usage.countWasted(this.options.metrics);
  }

  /**
   * Speaks the sentences of the tools and returns the results for the model. The goodbye of a tool is left out if the
   * agent has a farewell, or if something was already said, because most models say goodbye themselves.
   */
  async *#sayForTools(answers: readonly CalledTool[]): AsyncGenerator<ReplyPart, readonly ToolSpeech[]> {
    const told: ToolSpeech[] = [];
    try {
      yield* noteSources(answers.flatMap(({ sources = [] }) => sources));
      for (const { text, say, stream, play, end = false } of answers) {
        const leftOut = end && (this.#spoke || this.input.farewell !== undefined);
        if (say !== undefined && !leftOut) yield* this.#say(say);
        told.push(stream ? yield* this.#sayPieces(stream) : { result: text, whole: say !== undefined });
        this.#sounds = play ?? this.#sounds;
        this.#ends ||= end;
        if (end) yield { type: 'end' };
      }
      return told;
    } finally {
      for (const { stream } of answers.slice(told.length)) leave(stream);
    }
  }

  #sayPieces(stream: AsyncIterable<string>): AsyncGenerator<ReplyPart, ToolSpeech> {
    const { language, pieces = false } = this.input;
    const speak = (parts: readonly TextPart[]): Generator<ReplyPart> => this.#speak(parts);
    const { toolCalls, clock } = this.options;
    const text = (): ReplyText => new ReplyText({ language, pieces });
    return toolSpeech(stream, { text, toolCalls, clock, speak }, this.signal);
  }

  *#say(sentence: string): Generator<ReplyPart> {
    const text = new ReplyText({ language: this.input.language });
    yield* this.#speak([...text.push(sentence), ...text.flush()]);
  }
}
