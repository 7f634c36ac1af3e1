import { Cancelled, type Clock, isCancelled, type Logger, type Metrics, type Scope } from '../../core/index.js';
import type { Certainty } from '../../providers/llm/llm-port.js';
import type { Conversation, ReplyPart } from '../dialogue/conversation-port.js';
import { TokenUsage } from '../dialogue/token-usage.js';
import type { Speaking } from '../../speech/speaking/speaking-port.js';
import type { Toolbox } from '../tools/tool-source.js';
import type { TurnEffect } from '../turn/events.js';
import type { DeviceVoice } from './device-voice.js';
import { failureCode, type Dispatch } from './effects.js';
import type { DeviceIdentity } from '../../device/device-port.js';
import type { QuestionLanguage } from './question-language.js';

export interface AnswersOptions {
  readonly conversation: Conversation;
  readonly identity: DeviceIdentity;
  readonly tools: Toolbox;
  readonly scope: Scope;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly dispatch: Dispatch;
  /** Checked before an answer is prepared. False under load, because speculative work is dropped first. */
  readonly mayPrepare: () => boolean;
  /**
   * Maximum number of tokens in one turn's abandoned answers. Beyond it, no further answer is prepared in that turn.
   */
  readonly mostTokensGivenUp: () => number;
  readonly question: Pick<QuestionLanguage, 'begin'>;
  readonly speaking: Pick<Speaking, 'takesPieces'>;
  readonly voice: () => string | undefined;
  readonly guesses: Pick<DeviceVoice, 'expectGuess' | 'guess' | 'dropGuess'>;
}

/**
 * Maximum number of parts that are kept before the question is certain. The model is not read any further until then.
 */
const MAX_KEPT_PARTS = 64;

/** The model's current answer, and an answer that is prepared while the user may still continue. */
export class Answers {
  #current: Run | undefined;
  #prepared: { readonly id: number; readonly run: Run; readonly begunMs: number } | undefined;
  /** Tokens of the prepared answers that were given up in one turn. */
  #givenUp = { turnId: 0, tokens: 0 };

  constructor(private readonly options: AnswersOptions) {}

  /**
   * The answer waits for a {@link start} with the same `preparedId`. If preparing fails, the model is asked again when
   * the question is certain.
   */
  prepare(preparedId: number, turnId: number, text: string): void {
    const { dispatch, guesses, mayPrepare, mostTokensGivenUp } = this.options;
    this.#cancelPrepared();
    if (this.#givenUp.turnId !== turnId) this.#givenUp = { turnId, tokens: 0 };
    const gone = (result: 'dropped' | 'limit' = 'dropped'): void => {
      if (this.#prepared?.id !== preparedId) return;
      this.#prepared = undefined;
      guesses.dropGuess(preparedId);
      this.#count(result);
      dispatch({ type: 'preparation_failed', preparedId });
    };
    const run = new Run(text, false, (part) => guesses.guess(preparedId, part));
    this.#prepared = { id: preparedId, run, begunMs: this.options.clock.nowMs() };
    if (this.#givenUp.tokens >= mostTokensGivenUp()) {
      gone('limit');
      return;
    }
    if (!mayPrepare()) {
      gone();
      return;
    }
    guesses.expectGuess(preparedId);
    this.options.scope.fork('prepare answer', async () => {
      try {
        await this.#read(run);
      } catch (error) {
        if (run.wanted !== undefined) this.#failed(run, run.wanted, error);
        else if (!run.signal.aborted) gone();
      }
    });
  }

  cancelPrepared(preparedId: number): void {
    if (this.#prepared?.id === preparedId) this.#cancelPrepared();
  }

  /**
   * Uses the prepared answer `preparedId`, if it still exists. After each part that is spoken, waits until `ready`
   * resolves, which means that the voice needs another chunk.
   */
  start({ replyId, text, typed, preparedId }: Question, ready: () => Promise<void>): void {
    this.cancel();
    const wanted = { replyId, ready };
    const prepared = this.#prepared;
    if (prepared !== undefined && prepared.id === preparedId) {
      this.#prepared = undefined;
      this.#count('hit');
      this.options.metrics.count(
        'chorus_llm_speculation_saved_seconds_total',
        {},
        (this.options.clock.nowMs() - prepared.begunMs) / 1000,
      );
      this.#current = prepared.run;
      prepared.run.become(wanted);
      return;
    }
    const run = new Run(text, typed);
    this.#current = run;
    run.become(wanted);
    this.#fork(run, wanted);
  }

  cancel(): void {
    this.#current?.abort();
    this.#current = undefined;
  }

  cancelAll(): void {
    this.cancel();
    this.#cancelPrepared();
  }

  #cancelPrepared(): void {
    const prepared = this.#prepared;
    if (prepared === undefined) return;
    this.#prepared = undefined;
    this.#givenUp.tokens += prepared.run.usage.tokens;
    this.#count('miss');
    this.options.guesses.dropGuess(prepared.id);
    prepared.run.abort();
  }

  #fork(run: Run, wanted: Wanted): void {
    this.options.scope.fork('answer', async () => {
      try {
        await this.#read(run);
      } catch (error) {
        this.#failed(run, wanted, error);
      }
    });
  }

  #failed(run: Run, { replyId, ready }: Wanted, error: unknown): void {
    if (run.signal.aborted) return;
    // Another device's answer has pushed this answer aside, just before the question became certain. Nothing was said
    // yet, so the model is asked again.
    if (isCancelled(error) && run.delivered === 0 && !run.voiced && this.#current === run) {
      this.start({ replyId, text: run.text, typed: run.typed, preparedId: undefined }, ready);
      return;
    }
    this.options.dispatch({
      type: 'parts_failed',
      replyId,
      code: failureCode(this.options.log, 'the answer failed', error, 'llm.failed') ?? 'internal',
    });
  }

  async #read(run: Run): Promise<void> {
    const { conversation, identity, tools, dispatch, speaking, voice } = this.options;
    const { timeZone } = identity;
    const { language, otherUnspoken } = this.options.question.begin(run.text);
    const { signal } = run;
    const parts = conversation
      .respond(
        {
          text: run.text,
          typed: run.typed,
          language,
          otherUnspoken,
          timeZone,
          tools,
          pieces: speaking.takesPieces({ ...identity, voice: voice() }),
          certainty: run,
          usage: run.usage,
        },
        signal,
      )
      [Symbol.asyncIterator]();
    // One part is always read ahead. If that read fails, the error is kept until the part is needed.
    const pull = (): Promise<Pulled> =>
      parts.next().then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      );
    let next = pull();
    try {
      const kept: ReplyPart[] = [];
      const certain = run.whenCertain(signal);
      while (kept.length < MAX_KEPT_PARTS) {
        const pulled = await Promise.race([certain, next]);
        if (pulled === undefined) break;
        const part = partOf(pulled);
        if (part === undefined) break;
        kept.push(part);
        run.voiced = run.onKept?.(part) === true || run.voiced;
        next = pull();
      }
      await certain;
      for (const part of kept) await this.#deliver(run, part);
      for (let part = partOf(await next); part !== undefined; part = partOf(await next)) {
        await this.#deliver(run, part);
        if (signal.aborted) return;
        next = pull();
      }
      if (run.wanted !== undefined && !signal.aborted) dispatch({ type: 'parts_ended', replyId: run.wanted.replyId });
    } finally {
      await next;
      await parts.return?.();
    }
  }

  async #deliver(run: Run, part: ReplyPart): Promise<void> {
    const { wanted, signal } = run;
    if (signal.aborted || wanted === undefined) return;
    run.delivered += 1;
    this.options.dispatch({ type: 'part', replyId: wanted.replyId, part });
    if (part.type === 'speech') await unlessAborted(wanted.ready(), signal);
  }

  #count(result: 'hit' | 'miss' | 'dropped' | 'limit'): void {
    this.options.metrics.count('chorus_llm_speculation_total', { result });
  }
}

type Pulled = { readonly result: IteratorResult<ReplyPart, unknown> } | { readonly error: unknown };

function partOf(pulled: Pulled): ReplyPart | undefined {
  if ('error' in pulled) throw pulled.error;
  return pulled.result.done === true ? undefined : pulled.result.value;
}

type Question = Omit<Extract<TurnEffect, { readonly type: 'converse' }>, 'type'>;

interface Wanted {
  readonly replyId: number;
  readonly ready: () => Promise<void>;
}

class Run implements Certainty {
  delivered = 0;
  /** True if the voice has taken a part of the answer. */
  voiced = false;
  readonly usage = new TokenUsage();
  #wanted: Wanted | undefined;
  #tell: () => void = () => undefined;
  readonly #controller = new AbortController();
  readonly #certain = new Promise<void>((resolve) => {
    this.#tell = resolve;
  });

  /**
   * `onKept` is called for each part before the question is certain. It returns true if the voice has taken the part.
   */
  constructor(
    readonly text: string,
    readonly typed: boolean,
    readonly onKept?: (part: ReplyPart) => boolean,
  ) {}

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get wanted(): Wanted | undefined {
    return this.#wanted;
  }

  get certain(): boolean {
    return this.#wanted !== undefined;
  }

  become(wanted: Wanted): void {
    this.#wanted = wanted;
    this.#tell();
  }

  abort(): void {
    this.#controller.abort(new Cancelled('the answer is no longer wanted'));
  }

  whenCertain(signal: AbortSignal): Promise<undefined> {
    return unlessAborted(this.#certain, signal).then(() => {
      if (!this.certain) throw signal.reason;
      return undefined;
    });
  }
}

/** Also resolves as soon as the signal is aborted. */
function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
