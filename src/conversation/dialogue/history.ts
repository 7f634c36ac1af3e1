import type { ChatMessage } from '../../providers/llm/llm-port.js';
import { estimateTokens } from './tokens.js';

export interface HistoryLimits {
  /** Maximum number of exchanges. */
  readonly turns: number;
  /** Maximum number of tokens of all exchanges, estimated. */
  readonly tokens: number;
}

interface Exchange {
  readonly user: string;
  /** The part of the reply that was heard. Empty: none. */
  readonly reply: string;
  readonly tokens: number;
}

/** Longest text of one side of an exchange. It is far longer than 15 s of speech or a reply of 300 tokens. */
const MAX_SIDE_CHARS = 2000;
/**
 * Maximum tokens of the history, estimated. Together with prompt, tools and reply they fit into 4,096 tokens, a common
 * context size of local models.
 */
const HISTORY_TOKENS = 2000;
/** A handover is two or three sentences. */
const MAX_HANDOVER_CHARS = 600;

/** What the user said and which part of each reply was heard, oldest first, within limits. */
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

  /** The summary by the agent that passed its conversation on to this one. Undefined: there is none. */
  get handover(): string | undefined {
    return this.#handover;
  }

  /** Stores the summary by the agent that passes its conversation on. A later summary replaces an earlier one. */
  handOver(summary: string): void {
    this.#handover = summary.replace(/\s+/gu, ' ').trim().slice(0, MAX_HANDOVER_CHARS);
  }

  /**
   * The history, then the new utterance. If no reply to an utterance was heard, the next utterance follows it directly.
   */
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
