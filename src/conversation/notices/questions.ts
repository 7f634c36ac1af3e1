import { randomUUID } from 'node:crypto';
import { ChorusError, uiLanguage, withTimeout, type Clock, type LanguageTag } from '../../core/index.js';
import type { Conversation, ReplyPart, TurnInput } from '../dialogue/conversation-port.js';
import type { NoticeSource, SpokenNotice } from '../session/notice-port.js';
import { noticeWords } from './words.js';

/** A question from a program, which a device asks its user. */
export interface Question {
  readonly text: string;
  /** The packets of a recording, which is played while the text is shown. If undefined, the text is spoken. */
  readonly recording?: readonly Uint8Array[] | undefined;
  /** If true, the question interrupts what the device is saying. */
  readonly urgent: boolean;
  /** Longest wait for the answer, from the call of {@link Questions.ask}. */
  readonly waitMs: number;
}

export interface Answered {
  /** False if the device is not connected, was busy for too long, or could not speak. */
  readonly asked: boolean;
  /** What the person said. Undefined if no answer came. */
  readonly heard: string | undefined;
}

interface Pending {
  readonly id: string;
  asked: boolean;
  settle: (heard: string | undefined) => void;
}

/**
 * Longest time for which interrupted music waits for the answer. The user can also answer after the music continues.
 */
const MUSIC_WAITS_MS = 30_000;

/**
 * The user's first words after the question are the answer. The language model does not get them, because it does not
 * know the question. Neither question nor answer is stored.
 */
export class Questions {
  readonly #pending = new Map<string, Pending>();
  #notify: (deviceId: string, notice: SpokenNotice) => boolean = () => false;

  constructor(private readonly clock: Clock) {}

  /** No question is asked before this call. */
  askBy(notify: (deviceId: string, notice: SpokenNotice) => boolean): void {
    this.#notify = notify;
  }

  /**
   * A device asks one question at a time, so a second question rejects with `notice.too_many`. An aborted question
   * rejects with the signal's reason.
   */
  async ask(deviceId: string, { text, recording, urgent, waitMs }: Question, signal: AbortSignal): Promise<Answered> {
    if (this.#pending.has(deviceId)) throw new ChorusError('notice.too_many', noticeWords.asksAlready);
    const id = `question-${randomUUID()}`;
    const pending: Pending = { id, asked: false, settle: nothing };
    this.#pending.set(deviceId, pending);
    try {
      const words = await withTimeout(
        this.clock,
        waitMs,
        signal,
        nobody,
        () =>
          new Promise<string | undefined>((resolve) => {
            pending.settle = resolve;
            const answerMs = Math.min(waitMs, MUSIC_WAITS_MS);
            if (!this.#notify(deviceId, { id, text: () => text, recording, urgent, answerMs, expiresInMs: waitMs }))
              resolve(undefined);
          }),
      );
      return { asked: pending.asked, heard: words };
    } catch (error) {
      if (!(error instanceof NobodyAnswers)) throw error;
      return { asked: pending.asked, heard: undefined };
    } finally {
      if (this.#pending.get(deviceId) === pending) this.#pending.delete(deviceId);
    }
  }

  /** Wraps the source of notices, so that this class gets the outcomes of questions. */
  beside(notices: NoticeSource): NoticeSource {
    return {
      present: (deviceId) => notices.present(deviceId),
      over: (deviceId, id, spoken) => {
        const pending = this.#pending.get(deviceId);
        if (pending?.id !== id) return notices.over(deviceId, id, spoken);
        pending.asked = spoken;
        if (!spoken) pending.settle(undefined);
        return undefined;
      },
      attended: (deviceId) => notices.attended?.(deviceId),
      expects: (deviceId) => notices.expects?.(deviceId) ?? false,
      gone: (deviceId) => {
        this.#pending.get(deviceId)?.settle(undefined);
        notices.gone(deviceId);
      },
    };
  }

  /** Wraps the conversation of a device, so that the answer goes to the program that asked. */
  within(deviceId: string, conversation: Conversation): Conversation {
    let answer: string | undefined;
    return {
      ...conversation,
      expect: () => {
        if (this.#waiting(deviceId) === undefined) conversation.expect?.();
      },
      respond: (input, signal) => {
        answer = undefined;
        if (this.#waiting(deviceId) === undefined) return conversation.respond(input, signal);
        return this.#take(deviceId, input, signal, () => {
          answer = input.text;
          // A realtime model has heard the answer, and would otherwise answer it together with the next words.
          conversation.close?.();
        });
      },
      heard: (userText, replyText) => {
        if (userText !== answer) conversation.heard(userText, replyText);
      },
    };
  }

  async *#take(
    deviceId: string,
    { text, language, certainty }: TurnInput,
    signal: AbortSignal,
    taken: () => void,
  ): AsyncGenerator<ReplyPart> {
    await certainty?.whenCertain(signal);
    signal.throwIfAborted();
    taken();
    const pending = this.#waiting(deviceId);
    this.#pending.delete(deviceId);
    pending?.settle(text);
    yield { type: 'speech', text: thanks(language) };
  }

  #waiting(deviceId: string): Pending | undefined {
    const pending = this.#pending.get(deviceId);
    return pending?.asked === true ? pending : undefined;
  }
}

const thanks = (language: LanguageTag): string => noticeWords.thanks[uiLanguage(language)];

const nothing = (): void => undefined;

class NobodyAnswers extends Error {}
const nobody = (): NobodyAnswers => new NobodyAnswers('nobody answers');
