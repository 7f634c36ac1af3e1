import { sleep, type Clock } from '../../src/core/index.js';
import type { Conversation, ReplyPart, TurnInput } from '../../src/conversation/dialogue/conversation-port.js';
import type { SoundQueue } from '../../src/speech/speaking/speaking-port.js';

/** A conversation that answers with scripted sentences, each `delayMs` after the previous one. */
export class FakeConversation implements Conversation {
  readonly asked: string[] = [];
  readonly history: { readonly user: string; readonly reply: string }[] = [];
  sentences: readonly string[] = ['One.', 'Two.'];
  delayMs = 100;
  /** Parts of the reply that come before the first sentence. */
  before: readonly ReplyPart[] = [];
  /** Sound that is played after the sentences. */
  plays: SoundQueue | undefined;
  /** An error to throw after this many sentences. */
  failsAfter: { readonly sentences: number; readonly error: Error } | undefined;
  /** Whether {@link plays} is sound that the question has interrupted. */
  resumes = false;
  /** Whether the answer is that the user wants silence. */
  silence = false;
  /** How many tokens each question uses, according to its usage report. */
  tokens = 0;
  running = 0;
  /** How many times `expect` was called. It announces that a person begins to speak. */
  expected = 0;

  constructor(private readonly clock: Clock) {}

  expect(): void {
    this.expected += 1;
  }

  async *respond(input: TurnInput, signal: AbortSignal): AsyncGenerator<ReplyPart> {
    this.asked.push(input.text);
    input.usage?.asked([]);
    input.usage?.reported(this.tokens, 0);
    this.running += 1;
    try {
      for (const [index, text] of this.sentences.entries()) {
        await sleep(this.clock, this.delayMs, signal);
        if (this.failsAfter?.sentences === index) throw this.failsAfter.error;
        if (index === 0) {
          yield { type: 'first_token' };
          yield { type: 'emotion', emotion: 'happy' };
          yield* this.before;
        }
        yield { type: 'speech', text };
      }
      if (this.plays !== undefined)
        yield { type: 'play', sounds: this.plays, ...(this.resumes && { after: this.sentences.at(-1) ?? '' }) };
      if (this.silence) yield { type: 'silence' };
      if (this.failsAfter !== undefined && this.failsAfter.sentences >= this.sentences.length)
        throw this.failsAfter.error;
    } finally {
      this.running -= 1;
    }
  }

  heard(user: string, reply: string): void {
    this.history.push({ user, reply });
  }
}
