import { createOpenAICompatible, type OpenAICompatibleChatLanguageModel } from '@ai-sdk/openai-compatible';
import { Cancelled, ChorusError, type Clock, type HttpClient, type Logger } from '../../../core/index.js';
import type { LlmDelta, LlmProvider, LlmRequest } from '../llm-port.js';
import { asLlmError, knowsNoSuchModel, refusesTools, vendorError } from '../llm-errors.js';
import { toSdkPrompt, toSdkTools, type SdkCall } from './messages.js';
import { ReplyTimer, type ReplyTimeLimits } from '../reply-timer.js';
import { fetchStream } from './stream.js';
import { readArguments } from '../tool-arguments.js';
import { llmWords } from '../words.js';

export interface OpenAiOptions {
  /** For logs and metrics, e.g. `glm`. */
  readonly name: string;
  /** The address without the final `/chat/completions`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string | undefined;
  /** If false, every request without a key fails with `llm.no_key`. */
  readonly keyless: boolean;
  /** True if the model is on this machine or network, so that speculative requests cost nothing. */
  readonly local: boolean;
  readonly limits: ReplyTimeLimits;
  /** Undefined for the vendor's default. */
  readonly temperature?: number | undefined;
  /** The field that limits the reply. Newer OpenAI models refuse `max_tokens`. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens' | undefined;
  /** `extraBody` is merged into requests to this model, e.g. `{enable_thinking: false}`. */
  readonly ofModel?: { readonly model: string; readonly extraBody: Readonly<Record<string, unknown>> } | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly http?: HttpClient;
}

/** The agents of a household or school use fewer models. */
const MOST_MODELS = 32;

type SdkStream = Awaited<ReturnType<OpenAICompatibleChatLanguageModel['doStream']>>['stream'];
type SdkPart = SdkStream extends ReadableStream<infer Part> ? Part : never;

/**
 * Uses the AI SDK's model directly, without retries and telemetry. Errors: `llm.*`. The connection closes when the
 * reader stops early or aborts.
 */
export function createOpenAiLlm(options: OpenAiOptions): LlmProvider {
  const sdk = createOpenAICompatible({
    name: options.name,
    baseURL: options.baseUrl.replace(/\/+$/, ''),
    includeUsage: true,
    ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
    fetch: (input, init) => fetchStream(options.http?.fetch ?? fetch, input, init, onWholeReply),
    transformRequestBody: (body) => requestBody(body, options),
  });
  let warned = false;
  function onWholeReply(): void {
    if (!warned)
      options.log.warn('The language model sends its replies whole instead of streaming; they come late', {
        problem: 'llm.whole_replies',
        llm: options.name,
      });
    warned = true;
  }
  const mayAsk = options.keyless || Boolean(options.apiKey);
  const requests = new Requests(sdk, options);

  return {
    id: `${options.name}:${options.model}`,
    local: options.local,
    expect: () => {
      if (mayAsk) options.http?.open?.(options.baseUrl);
    },
    async *stream(request, signal) {
      signal.throwIfAborted();
      if (!mayAsk) throw new ChorusError('llm.no_key', llmWords.needsKey(options.name));
      const connection = new AbortController();
      const onAbort = (): void => connection.abort(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const timer = new ReplyTimer(options.clock, options.limits);
      try {
        const stream = await timer.wait(signal, () => requests.open(request, connection.signal));
        yield* deltas(stream, timer, signal);
      } catch (error) {
        throw signal.aborted ? signal.reason : asLlmError(error, options.clock.wallMs());
      } finally {
        signal.removeEventListener('abort', onAbort);
        // A connection whose answer was not read to the end cannot be reused.
        connection.abort(new Cancelled('reply ended'));
      }
    },
  };
}

/** Learns from refusals which features the service and its models lack. */
class Requests {
  readonly #withoutTools = new Set<string>();
  readonly #unknown = new Set<string>();
  readonly #models = new Map<string, OpenAICompatibleChatLanguageModel>();

  constructor(
    private readonly sdk: ReturnType<typeof createOpenAICompatible>,
    private readonly options: OpenAiOptions,
  ) {}

  async open(request: LlmRequest, signal: AbortSignal): Promise<SdkStream> {
    const { name, model: configured, log } = this.options;
    const { model: wanted } = request;
    if (wanted === undefined || this.#unknown.has(wanted)) return this.#ask(configured, request, signal);
    try {
      return await this.#ask(wanted, request, signal);
    } catch (error) {
      const refusal = vendorError(error);
      if (!refusal || wanted === configured || !knowsNoSuchModel(refusal)) throw error;
      this.#unknown.add(wanted);
      log.warn('The language model of an agent is not known there; the configured one answers', {
        problem: 'llm.unknown_model',
        llm: name,
        model: wanted,
      });
      return this.#ask(configured, request, signal);
    }
  }

  async #ask(name: string, request: LlmRequest, signal: AbortSignal): Promise<SdkStream> {
    const { temperature, log } = this.options;
    const model = this.#model(name);
    const call: SdkCall = {
      prompt: toSdkPrompt(request.messages),
      maxOutputTokens: request.maxTokens,
      abortSignal: signal,
      ...(temperature === undefined ? {} : { temperature }),
      ...(!this.#withoutTools.has(name) && request.tools.length > 0 ? { tools: toSdkTools(request.tools) } : {}),
    };
    try {
      return (await model.doStream(call)).stream;
    } catch (error) {
      const refusal = call.tools ? vendorError(error) : undefined;
      if (!refusal || !refusesTools(refusal)) throw error;
      this.#withoutTools.add(name);
      log.warn('The language model cannot use tools; they are not offered any more', {
        problem: 'llm.no_tools',
        llm: this.options.name,
        model: name,
      });
      const { tools: _, ...withoutTools } = call;
      return (await model.doStream(withoutTools)).stream;
    }
  }

  /** Keeps the SDK's model objects. Making one costs as much work as reading a whole answer. */
  #model(name: string): OpenAICompatibleChatLanguageModel {
    const known = this.#models.get(name);
    if (known) return known;
    const made = this.sdk.chatModel(name) as OpenAICompatibleChatLanguageModel;
    const [oldest] = this.#models.keys();
    if (oldest !== undefined && this.#models.size >= MOST_MODELS) this.#models.delete(oldest);
    this.#models.set(name, made);
    return made;
  }
}

async function* deltas(stream: SdkStream, timer: ReplyTimer, signal: AbortSignal): AsyncGenerator<LlmDelta> {
  const reader = stream.getReader();
  let said = false;
  let thought = false;
  for (;;) {
    const { done, value } = await timer.wait(signal, () => reader.read());
    if (done) return;
    const part: SdkPart = value;
    switch (part.type) {
      case 'text-delta':
        timer.heard();
        said = true;
        yield { type: 'text', text: part.delta };
        break;
      case 'reasoning-delta':
        timer.heard();
        thought = true;
        break;
      case 'tool-input-start':
      case 'tool-input-delta':
        timer.heard();
        break;
      case 'tool-call':
        timer.heard();
        said = true;
        yield {
          type: 'tool_call',
          call: { id: part.toolCallId, name: part.toolName, ...readArguments(part.input) },
        };
        break;
      case 'error':
        throw part.error;
      case 'finish':
        yield { type: 'usage', inputTokens: part.usage.inputTokens.total, outputTokens: part.usage.outputTokens.total };
        if (!said && thought) throw new ChorusError('llm.failed', llmWords.onlyThinking);
        break;
      default:
        break;
    }
  }
}

function requestBody(body: Record<string, unknown>, options: OpenAiOptions): Record<string, unknown> {
  const { max_tokens: maxTokens, ...rest } = body;
  return {
    ...rest,
    ...(maxTokens === undefined ? {} : { [options.maxTokensField ?? 'max_tokens']: maxTokens }),
    ...(rest['model'] === options.ofModel?.model ? options.ofModel?.extraBody : {}),
  };
}
