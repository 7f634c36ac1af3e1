import type { Conversation, ReplyPart, TurnInput } from '../dialogue/conversation-port.js';
import type { Speaker } from '../people/index.js';
import { phrase } from './phrases.js';

/** Maximum number of refused utterances that are remembered, each until its refusal was spoken. */
const MAX_REFUSED = 8;

/**
 * If the agent answers only known people, everybody else hears a refusal. No model is asked then, no tool runs, and
 * nothing enters the history.
 */
export class KnownPeople implements Conversation {
  readonly #refused = new Set<string>();
  /** The person who said the latest words, for an agent that answers only known people. Undefined for a stranger. */
  #person: string | undefined;
  /** The newest listening turn at the start of the answer. Undefined for typed words. */
  #turnId: number | undefined;

  constructor(
    private readonly conversation: Conversation,
    /** If undefined, nobody is recognised. */
    private readonly speaker: Pick<Speaker, 'turnId' | 'personIn' | 'certain'> | undefined,
    private readonly knownOnly: () => boolean,
  ) {}

  /** `heard` has the listening turns in which the words were heard. If `heard` is empty, nobody talked. */
  personOf(heard: readonly number[]): string | undefined {
    if (heard.length === 0) return undefined;
    return this.knownOnly() ? this.#person : this.speaker?.personIn(heard);
  }

  /** The person whose words are being answered. Never an earlier person, because tools store things under this name. */
  get present(): string | undefined {
    if (this.knownOnly()) return this.#person;
    return this.#turnId === undefined ? undefined : this.speaker?.personIn([this.#turnId]);
  }

  expect(): void {
    this.conversation.expect?.();
  }

  respond(input: TurnInput, signal: AbortSignal): AsyncIterable<ReplyPart> {
    this.#turnId = input.typed === true ? undefined : this.speaker?.turnId;
    // Only an agent that answers known people waits until the speaker is recognised. Other agents answer at once.
    if (this.knownOnly()) return this.#respondToKnown(input, signal);
    return this.conversation.respond({ ...input, person: this.present }, signal);
  }

  heard(userText: string, replyText: string): void {
    if (!this.#refused.delete(userText)) this.conversation.heard(userText, replyText);
  }

  close(): void {
    this.conversation.close?.();
  }

  async *#respondToKnown(input: TurnInput, signal: AbortSignal): AsyncGenerator<ReplyPart> {
    // For typed words, the voice of an earlier speaker proves nothing.
    const person = input.typed === true ? undefined : await this.speaker?.certain(signal);
    this.#person = person;
    if (person !== undefined) {
      this.#refused.delete(input.text);
      yield* this.conversation.respond({ ...input, person }, signal);
      return;
    }
    if (this.#refused.size >= MAX_REFUSED) this.#refused.clear();
    this.#refused.add(input.text);
    yield { type: 'speech', text: phrase(input.language, 'stranger') };
    await input.certainty?.whenCertain(signal);
    // A realtime model has heard the stranger's words, and would otherwise answer them together with the next words.
    this.conversation.close?.();
    yield { type: 'end' };
  }
}
