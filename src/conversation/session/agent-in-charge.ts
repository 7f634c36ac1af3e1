import type { Agent } from '../../records/index.js';
import type { Conversation, ReplyPart, TurnInput } from '../dialogue/conversation-port.js';
import type { Recognizer } from '../../speech/recognition/recognizer-port.js';
import type { TurnRules } from '../turn/index.js';

interface Charge {
  readonly agent: Agent | undefined;
  readonly conversation: Conversation;
  readonly rules: TurnRules;
  readonly recognizer: Recognizer;
}

/**
 * A turn that changes the agent still belongs to the old agent. The old agent speaks the answer, and the turn is
 * counted for it.
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

  readonly hearing: Recognizer = {
    takesLive: (language) => this.#now.recognizer.takesLive?.(language) === true,
    live: (request) => this.#now.recognizer.live?.(request),
    recognize: (request, signal) => this.#now.recognizer.recognize(request, signal),
    speculated: (outcome, runMs) => this.#now.recognizer.speculated(outcome, runMs),
  };

  get rules(): TurnRules {
    return this.#now.rules;
  }

  /** Changes the agent from the next turn on. Undefined means the configured assistant. */
  change(agent: Agent | undefined): void {
    this.#next = { agent };
  }

  /** Call this when a turn is over. If the turn has changed the agent, the new agent takes over now. */
  settle(): void {
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined) return;
    this.#now.conversation.close?.();
    this.#now = this.make(next.agent);
  }

  close(): void {
    this.#now.conversation.close?.();
  }

  expect(): void {
    this.#now.conversation.expect?.();
  }

  respond(input: TurnInput, signal: AbortSignal): AsyncIterable<ReplyPart> {
    const { farewell } = this.#now.rules.phrases;
    return this.#now.conversation.respond({ ...input, farewell }, signal);
  }

  heard(userText: string, replyText: string): void {
    this.#now.conversation.heard(userText, replyText);
  }
}
