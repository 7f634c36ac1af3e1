import type { ChatMessage } from '../../providers/llm/llm-port.js';
import { estimateTokens } from './tokens.js';

export interface HistoryLimits {
  readonly turns: number;
  /** Estimated tokens of all exchanges. */
  readonly tokens: number;
}

interface Exchange {
  readonly user: string;
  /** The part of the reply that the user heard, or empty. */
  readonly reply: string;
  readonly tokens: number;
}

/** Longer text is cut off. An utterance of 15 s and a reply of 300 tokens are much shorter. */
const MAX_SIDE_CHARS = 2000;
/** Estimated tokens. Many local models have a context of 4,096 tokens, which also holds prompt, tools and reply. */
const HISTORY_TOKENS = 2000;
/** Enough for two or three sentences. */
const MAX_HANDOVER_CHARS = 600;

/** The latest exchanges, oldest first. Of each reply, only the part that the user heard is kept. */
export class History {
  #exchanges: Exchange[] = [];
  #handover: string | undefined;

  constructor(private readonly limits: () => HistoryLimits) {}

  add(userText: string, heardText: string): void {
    const user = userText.trim().slice(0, MAX_SIDE_CHARS);
    const reply = heardText.trim().slice(0, MAX_SIDE_CHARS);
    if (user === '' && reply === '') return;
    this.#exchanges.push({ user, reply, tokens: estimateTokens(user) + estimateTokens(reply) });
    let total = this.#exchanges.reduce((sum, exchange) => sum + exchange.tokens, 0);
    const { turns, tokens } = this.limits();
    while (this.#exchanges.length > turns || (total > tokens && this.#exchanges.length > 1)) {
      total -= this.#exchanges.shift()?.tokens ?? 0;
    }
  }

  /** A summary from the agent that passed its conversation on to this agent. */
  get handover(): string | undefined {
    return this.#handover;
  }

  handOver(summary: string): void {
    this.#handover = summary.replace(/\s+/gu, ' ').trim().slice(0, MAX_HANDOVER_CHARS);
  }

  messages(userText: string): ChatMessage[] {
    const messages: ChatMessage[] = [];
    for (const { user, reply } of this.#exchanges) {
      if (user !== '') messages.push({ role: 'user', content: user });
      if (reply !== '') messages.push({ role: 'assistant', content: reply });
    }
    return [...messages, { role: 'user', content: userText }];
  }
}

export function newHistory(turns: () => number): History {
  return new History(() => ({ turns: turns(), tokens: HISTORY_TOKENS }));
}
