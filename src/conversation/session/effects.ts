import {
  asChorusError,
  Cancelled,
  ChorusError,
  isCancelled,
  type Clock,
  type ErrorCode,
  type Logger,
  type Metrics,
  type Scope,
  type TimerHandle,
} from '../../core/index.js';
import { type Admission, Guess, type TalkPermit } from '../../capacity/index.js';
import type { ProsodyModel } from '../../speech/listening/endpointing/prosody-port.js';
import type { Recognizer } from '../../speech/recognition/recognizer-port.js';
import type { DeviceIdentity } from '../../device/device-port.js';
import type { SpokenReply } from '../../speech/speaking/speaking-port.js';
import type { TimerName, TurnEffect, TurnEvent } from '../turn/index.js';
import { LivePieces, type PartialText } from './live-pieces.js';

export type Dispatch = (event: TurnEvent) => void;

type CountEffect = Extract<TurnEffect, { readonly type: 'count_speculation' | 'count_barge_in' | 'count_overheard' }>;

export function count(metrics: Metrics, effect: CountEffect): void {
  if (effect.type === 'count_overheard') metrics.count('chorus_overheard_total', { reason: effect.reason });
  else if (effect.type === 'count_barge_in') metrics.count('chorus_barge_ins_total', { result: effect.result });
  else metrics.count('chorus_speculation_total', { result: effect.result });
}

/** Starting a timer replaces the timer of the same name. */
export class Timers {
  readonly #pending = new Map<TimerName, TimerHandle>();

  constructor(
    private readonly clock: Clock,
    private readonly dispatch: Dispatch,
  ) {}

  start(name: TimerName, delayMs: number): void {
    this.cancel(name);
    const handle = this.clock.after(delayMs, () => {
      this.#pending.delete(name);
      this.dispatch({ type: 'timer', name });
    });
    this.#pending.set(name, handle);
  }

  cancel(name: TimerName): void {
    this.#pending.get(name)?.cancel();
    this.#pending.delete(name);
  }

  cancelAll(): void {
    for (const name of this.#pending.keys()) this.cancel(name);
  }
}

interface UnderWay {
  readonly controller: AbortController;
  /** Undefined if the recognition was certain from the beginning. */
  readonly guess: Guess | undefined;
}

export interface RequestsOptions {
  readonly recognizer: Recognizer;
  readonly prosody?: ProsodyModel | undefined;
  readonly identity: DeviceIdentity;
  readonly scope: Scope;
  readonly log: Logger;
  readonly dispatch: Dispatch;
  readonly onSubtitle?: ((text: string) => void) | undefined;
  /**
   * True if answers begin before the end of the utterance is certain. Speculative recognitions are then wasted more
   * often.
   */
  readonly answersEarly: () => boolean;
}

type RequestEffect = Extract<
  TurnEffect,
  { readonly type: 'recognise' | 'confirm_recognition' | 'cancel_recognition' | 'judge_prosody' }
>;

/** The recognitions in progress, and the questions to the prosody model. */
export class Requests {
  readonly #underWay = new Map<number, UnderWay>();
  readonly live: LivePieces;

  constructor(private readonly options: RequestsOptions) {
    const { recognizer, identity, dispatch, onSubtitle } = options;
    const onPartial = (partial: PartialText): void => dispatch({ type: 'partial', ...partial });
    this.live = new LivePieces(recognizer, identity, { onPartial, onSubtitle });
  }

  carryOut(effect: RequestEffect): void {
    const { requestId } = effect;
    switch (effect.type) {
      case 'recognise':
        this.#start(requestId, effect.pcm, effect.deadlineMs);
        break;
      case 'confirm_recognition':
        this.#underWay.get(requestId)?.guess?.confirm(effect.deadlineMs);
        break;
      case 'cancel_recognition':
        this.#cancel(requestId);
        break;
      case 'judge_prosody':
        this.#judge(requestId, effect.pcm);
        break;
    }
  }

  #start(requestId: number, pcm: Int16Array, deadlineMs: number | undefined): void {
    const { identity, scope, recognizer, answersEarly, dispatch, log } = this.options;
    const { deviceId, language } = identity;
    const controller = new AbortController();
    const guess = deadlineMs === undefined ? new Guess() : undefined;
    this.#underWay.set(requestId, { controller, guess });
    scope.fork('recognise', async () => {
      try {
        const recognition = await recognizer.recognize(
          { deviceId, pcm, language, deadlineMs, guess, early: answersEarly(), live: this.live.of(pcm) },
          controller.signal,
        );
        if (this.#underWay.delete(requestId)) dispatch({ type: 'recognised', requestId, recognition });
      } catch (error) {
        if (!this.#underWay.delete(requestId)) return;
        dispatch({
          type: 'recognition_failed',
          requestId,
          code: failureCode(log, 'recognition failed', error, 'asr.failed'),
          percent: percentOf(error),
        });
      }
    });
  }

  #judge(requestId: number, pcm: Int16Array): void {
    const { prosody: model, scope, dispatch } = this.options;
    scope.fork('judge the voice', async (signal) => {
      dispatch({ type: 'prosody', requestId, prosody: await model?.judge(pcm, signal) });
    });
  }

  speculated(result: 'used' | 'wasted' | 'dropped', runMs: number | undefined): void {
    if (runMs !== undefined && result !== 'dropped') this.options.recognizer.speculated(result, runMs);
  }

  #cancel(requestId: number): void {
    const underWay = this.#underWay.get(requestId);
    this.#underWay.delete(requestId);
    underWay?.controller.abort(new Cancelled('the text is no longer wanted'));
  }

  cancelAll(): void {
    for (const requestId of this.#underWay.keys()) this.#cancel(requestId);
    this.live.close();
  }
}

/** Longer than any turn waits. A turn ends the wait with its own timer. */
const LONGEST_ADMISSION_WAIT_MS = 60_000;

/** A device's permission to talk, which is requested, held, or neither. */
export class TalkAdmission {
  #request: AbortController | undefined;
  #permit: TalkPermit | undefined;

  constructor(
    private readonly admission: Admission,
    private readonly deviceId: string,
    private readonly scope: Scope,
    private readonly dispatch: Dispatch,
    private readonly onChange: (talking: boolean) => void,
  ) {}

  get held(): boolean {
    return this.#permit !== undefined;
  }

  request(lastTurnEndedMs: number | undefined): void {
    this.release();
    const request = new AbortController();
    this.#request = request;
    this.scope.fork('admission', async () => {
      const permit = await this.admission.admit(
        this.deviceId,
        lastTurnEndedMs,
        LONGEST_ADMISSION_WAIT_MS,
        request.signal,
      );
      // The request may have been withdrawn before the permission came.
      if (this.#request !== request) {
        permit?.release();
        return;
      }
      this.#request = undefined;
      this.#permit = permit;
      if (permit !== undefined) this.onChange(true);
      this.dispatch({ type: permit === undefined ? 'not_admitted' : 'admitted' });
    });
  }

  answered(): void {
    this.#permit?.answered();
  }

  /** Also withdraws a request. `turnedAway` means that the device gets a "busy" reply. */
  release(turnedAway = false): void {
    const request = this.#request;
    this.#request = undefined;
    if (turnedAway) this.admission.turnedAway(this.deviceId);
    request?.abort(new Cancelled('admission is no longer needed'));
    const permit = this.#permit;
    this.#permit = undefined;
    if (permit === undefined) return;
    permit.release();
    this.onChange(false);
  }

  close(): void {
    this.release();
    this.admission.release(this.deviceId);
  }
}

function percentOf(error: unknown): number | undefined {
  const percent = error instanceof ChorusError ? error.details['percent'] : undefined;
  return typeof percent === 'number' ? percent : undefined;
}

/** Logs a failure at the level of its error code, and returns the code. Undefined if the work was cancelled. */
export function failureCode(
  log: Logger,
  message: string,
  thrown: unknown,
  otherwise: ErrorCode,
): ErrorCode | undefined {
  if (isCancelled(thrown)) return undefined;
  const error = asChorusError(thrown, otherwise);
  log[error.row.log](message, { code: error.code, error });
  return error.code;
}

export function sayTo(
  reply: SpokenReply | undefined,
  { text, ifQuiet, part, speech, recording }: Extract<TurnEffect, { type: 'say' }>,
): void {
  if (recording) reply?.sayRecorded(text, recording);
  else if (part !== undefined) reply?.write(text, part === 'end');
  else if (ifQuiet === true) reply?.sayIfQuiet(text);
  else reply?.say(text, speech);
}
