import type { ChatMessage } from '../../providers/llm/llm-port.js';
import { estimateTokens } from './tokens.js';

/** Tokens of one request: as reported by the model at its end, or estimated if it was cut before. */
export class TokenUsage {
  #estimatedInput = 0;
  #estimatedOutput = 0;
  #input: number | undefined;
  #output: number | undefined;

  get inputTokens(): number {
    return this.#input ?? this.#estimatedInput;
  }

  get outputTokens(): number {
    return this.#output ?? this.#estimatedOutput;
  }

  asked(messages: readonly ChatMessage[]): void {
    this.#estimatedInput = messages.reduce((sum, message) => sum + estimateTokens(message.content), 0);
  }

  wrote(text: string): void {
    this.#estimatedOutput += estimateTokens(text);
  }

  reported(input: number | undefined, output: number | undefined): void {
    this.#input = input;
    this.#output = output;
  }
}
