import type { Agent } from '../../records/index.js';
import type { Conversation, ReplyPart, TurnInput } from '../dialogue/conversation-port.js';
import type { TurnRules } from '../turn/index.js';

/** An agent, with its conversation and rules. */
interface Charge {
  readonly agent: Agent | undefined;
  readonly conversation: Conversation;
  readonly rules: TurnRules;
}

/**
 * The agent of a session, which may change between two turns. The turn that calls another agent is still spoken, kept
 * and counted as a turn of the agent that began it.
 */
export class AgentInCharge implements Conversation {
  #now: Charge;
  #next: { readonly agent: Agent | undefined } | undefined;

  constructor(
    first: Agent | undefined,
    private readonly make: (agent: Agent | undefined) => Charge,
  ) {
    this.#now = make(first);
  }

  get agent(): Agent | undefined {
    return this.#now.agent;
  }

  get rules(): TurnRules {
    return this.#now.rules;
  }

  /** Changes the agent from the next turn on. Undefined: the configured assistant. */
  change(agent: Agent | undefined): void {
    this.#next = { agent };
  }

  /** A turn is over: an agent that was called takes its place. */
  settle(): void {
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) this.#now = this.make(next.agent);
  }

  expect(): void {
    this.#now.conversation.expect?.();
  }

  respond(input: TurnInput, signal: AbortSignal): AsyncIterable<ReplyPart> {
    return this.#now.conversation.respond(input, signal);
  }

  heard(userText: string, replyText: string): void {
    this.#now.conversation.heard(userText, replyText);
  }
}
