import type { Metrics } from '../../core/index.js';
import type { ChatMessage } from '../../providers/llm/llm-port.js';
import { estimateTokens } from './tokens.js';

/** Token counts of one answer. They are estimated until the model reports the real numbers. */
export class TokenUsage {
  readonly #requests: { input: number; output: number }[] = [];

  get inputTokens(): number {
    return this.#requests.reduce((sum, { input }) => sum + input, 0);
  }

  get outputTokens(): number {
    return this.#requests.reduce((sum, { output }) => sum + output, 0);
  }

  get tokens(): number {
    return this.inputTokens + this.outputTokens;
  }

  /** Begins a request. {@link wrote} and {@link reported} refer to the latest request. */
  asked(messages: readonly ChatMessage[]): void {
    const input = messages.reduce((sum, message) => sum + estimateTokens(message.content), 0);
    this.#requests.push({ input, output: 0 });
  }

  wrote(text: string): void {
    const request = this.#requests.at(-1);
    if (request) request.output += estimateTokens(text);
  }

  /** If a count is undefined, the estimate stays. */
  reported(input: number | undefined, output: number | undefined): void {
    const request = this.#requests.at(-1);
    if (request) Object.assign(request, { input: input ?? request.input, output: output ?? request.output });
  }

  /** Call this if nobody heard the answer. */
  countWasted(metrics: Metrics): void {
    metrics.count('chorus_llm_wasted_tokens_total', { direction: 'input' }, this.inputTokens);
    metrics.count('chorus_llm_wasted_tokens_total', { direction: 'output' }, this.outputTokens);
  }
}
