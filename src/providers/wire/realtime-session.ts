import {
  asChorusError,
  Cancelled,
  ChorusError,
  type Clock,
  type TimerHandle,
  waitAtMost,
  withTimeout,
} from '../../core/index.js';
import type { LlmDelta } from '../llm/llm-port.js';
import type { RealtimeInput, RealtimeOpening, RealtimeRequest, RealtimeSession } from '../realtime/realtime-port.js';
import type { Lease, ServiceGate } from '../service-gate.js';
import { START_MS, type ServiceConnection, type WireMessage } from './connection.js';
import type { MakeRealtimeDialect, RealtimeDialect, RealtimeNews } from './realtime-dialect.js';
import { RealtimeResponse } from './realtime-response.js';
import { brokeOff, said, serviceError, unreadable } from './refusal.js';
import { WaitingTexts } from './realtime-texts.js';
import { UtteranceAudio } from './utterance-audio.js';
import { wireWords } from './words.js';

export interface RealtimeSessionOptions {
  readonly id: string;
  readonly clock: Clock;
  readonly gate: ServiceGate;
  readonly dialect: MakeRealtimeDialect;
}

/** Longest time from the end of an utterance to its text. */
const TEXT_MS = 3_000;
const STALL_MS = 5_000;
/** Longest wait for the end of a cancelled answer. After this time, the answer is treated as ended. */
const CANCEL_MS = 1_500;
/** An unused session is closed after this time, because most services limit open sessions, and some charge for them. */
const IDLE_MS = 60_000;
/** More than the longest utterance. */
const MAX_SAMPLES = 120 * 16_000;
/** Limit for a service that does not read: about 30 s of audio. */
const MAX_BUFFERED_BYTES = 2 * 1024 * 1024;

/** Any failure ends the session. */
export class SocketRealtimeSession implements RealtimeSession {
  readonly #over = new AbortController();
  readonly #started: Promise<void>;
  #begin: () => void = () => undefined;
  readonly #texts = new WaitingTexts();
  readonly #audio = new UtteranceAudio(
    (messages) => this.#send(messages),
    (error) => this.#fail(error),
  );
  #samples = 0;
  #lease: Lease | undefined;
  #dialect: RealtimeDialect | undefined;
  #connection: ServiceConnection | undefined;
  #outputHz = 24_000;
  #configured = '';
  #asked: RealtimeResponse | undefined;
  #response: RealtimeResponse | undefined;
  /** An answer that the service began without a request, and that nobody has read yet. */
  #unclaimed: RealtimeResponse | undefined;
  #onResponseOver: (() => void) | undefined;
  #stall: TimerHandle | undefined;
  #idle: TimerHandle | undefined;
  #usedMs = 0;

  constructor(
    private readonly opening: RealtimeOpening,
    private readonly options: RealtimeSessionOptions,
  ) {
    this.#started = new Promise((resolve) => {
      this.#begin = resolve;
    });
    this.#touch();
    this.#run().catch((error: unknown) => this.#fail(error));
  }

  get over(): boolean {
    return this.#over.signal.aborted;
  }

  push(pcm: Int16Array): void {
    if (this.over) return;
    this.#samples += pcm.length;
    if (this.#samples > MAX_SAMPLES) {
      this.#fail(serviceError('realtime', 'failed', wireWords.noMore));
      return;
    }
    this.#dropUnclaimed();
    this.#touch();
    this.#audio.push(pcm);
  }

  clear(): void {
    if (this.#samples === 0) return;
    this.#samples = 0;
    this.#audio.clear();
  }

  commit(): Promise<string> {
    if (this.over) return Promise.reject(this.#reason());
    this.#samples = 0;
    const text = this.#texts.next(this.options.clock, TEXT_MS, () =>
      this.#fail(serviceError('realtime', 'timeout', wireWords.noTranscript)),
    );
    this.#touch();
    this.#audio.commit();
    return text;
  }

  async *respond(request: RealtimeRequest, signal: AbortSignal): AsyncGenerator<LlmDelta> {
    const response = await this.#ask(request, signal);
    const onAbort = (): void => this.#cancel(response);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      yield* response.deltas(signal);
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (!response.over) this.#cancel(response);
    }
  }

  close(): void {
    this.#end(new Cancelled('the realtime session was closed'));
  }

  async #run(): Promise<void> {
    const { clock, gate, dialect: make } = this.options;
    const { signal } = this.#over;
    const lease = await gate.take(this.opening.device, signal);
    if (this.over) {
      lease.release();
      return;
    }
    this.#lease = lease;
    const dialect = await make(this.opening, lease.key);
    this.#outputHz = dialect.outputHz;
    const connection = await withTimeout(clock, START_MS, signal, late, (inner) => dialect.connect(inner));
    if (this.over) {
      connection.terminate();
      return;
    }
    this.#dialect = dialect;
    this.#connection = connection;
    connection.listen({
      message: (message) => this.#onMessage(message),
      closed: (why) => this.#fail(serviceError('realtime', 'unreachable', brokeOff(why))),
    });
    this.#send(dialect.begin());
    await waitAtMost(clock, START_MS, signal, late, () => this.#started);
    this.#audio.start(dialect);
  }

  #send(messages: readonly WireMessage[]): void {
    const connection = this.#connection;
    if (!connection || this.over) return;
    for (const message of messages) connection.send(message);
    if (connection.buffered > MAX_BUFFERED_BYTES)
      this.#fail(serviceError('realtime', 'failed', wireWords.noAudioTaken));
  }

  async #ask(request: RealtimeRequest, signal: AbortSignal): Promise<RealtimeResponse> {
    const started = (): Promise<void> => this.#started;
    await withTimeout(this.options.clock, START_MS, AbortSignal.any([signal, this.#over.signal]), late, started);
    const dialect = this.#dialect;
    if (this.over || !dialect) throw this.#reason();
    const byItself = dialect.answersByItself === true && request.input.length === 0;
    const unclaimed = byItself ? this.#unclaimed : undefined;
    this.#unclaimed = undefined;
    if (unclaimed) {
      if (!unclaimed.over) this.#watch();
      return unclaimed;
    }
    await this.#responseOver(signal);
    if (this.over) throw this.#reason();
    const response = this.#newResponse();
    this.#asked = response;
    this.#configure(dialect, request);
    for (const input of request.input) this.#send(inputMessages(dialect, input));
    if (!byItself) this.#send(dialect.respond());
    this.#watch();
    return response;
  }

  #configure(dialect: RealtimeDialect, { instructions, tools }: RealtimeRequest): void {
    const wanted = JSON.stringify([instructions, tools]);
    if (wanted === this.#configured) return;
    this.#configured = wanted;
    this.#send(dialect.configure(instructions, tools));
  }

  /** Ends the answer in progress, because services refuse to begin a second answer. */
  async #responseOver(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const underWay = this.#response ?? this.#asked;
    if (!underWay || underWay.over) return;
    this.#cancel(underWay);
    const over = new Promise<void>((resolve) => {
      this.#onResponseOver = resolve;
    });
    const timer = clock.after(CANCEL_MS, () => this.#onResponseOver?.());
    const onAbort = (): void => this.#onResponseOver?.();
    for (const one of [signal, this.#over.signal]) one.addEventListener('abort', onAbort, { once: true });
    await over;
    timer.cancel();
    for (const one of [signal, this.#over.signal]) one.removeEventListener('abort', onAbort);
    this.#response = undefined;
    this.#asked = undefined;
    signal.throwIfAborted();
  }

  #newResponse(): RealtimeResponse {
    return new RealtimeResponse(`${this.options.id} ${this.opening.voice ?? ''}`, this.#outputHz, {
      pause: () => this.#connection?.pause(),
      resume: () => {
        this.#connection?.resume();
        this.#watch();
      },
      truncate: (itemId, heardMs) => {
        if (this.#dialect) this.#send(this.#dialect.truncate(itemId, heardMs));
      },
    });
  }

  #cancel(response: RealtimeResponse): void {
    if (response.cancelled || response.over) return;
    response.cancelled = true;
    response.drop();
    // A response that has not begun is cancelled when it begins, because services refuse to cancel earlier.
    if (response.begun && this.#dialect) this.#send(this.#dialect.cancel());
  }

  /** Cancels an answer that nobody wants. Some input needs none, such as a noise or a farewell. */
  #dropUnclaimed(): void {
    if (this.#unclaimed) this.#cancel(this.#unclaimed);
    this.#unclaimed = undefined;
  }

  #onMessage(message: WireMessage): void {
    if (this.over || !this.#dialect) return;
    let news: readonly RealtimeNews[];
    try {
      news = this.#dialect.read(message);
    } catch (error) {
      this.#fail(unreadable('realtime', error));
      return;
    }
    for (const one of news) if (!this.over) this.#hear(one, this.#dialect);
  }

  #hear(news: RealtimeNews, dialect: RealtimeDialect): void {
    this.#touch();
    switch (news.type) {
      case 'connected':
        this.#send(dialect.setUp?.() ?? []);
        break;
      case 'started':
        this.#outputHz = news.rateHz ?? this.#outputHz;
        this.#begin();
        break;
      case 'committed':
        this.#texts.named(news.itemId);
        break;
      case 'transcript':
        this.#texts.settle(news.itemId, news.text.trim());
        break;
      case 'failed':
        this.#fail(serviceError('realtime', news.code, said(news.message)));
        break;
      case 'response_begun':
        this.#onBegun(news.responseId, dialect);
        break;
      default:
        this.#onResponse(news);
    }
  }

  #onBegun(id: string | undefined, dialect: RealtimeDialect): void {
    // An unrequested answer is ignored, unless the service answers every utterance by itself.
    if (!this.#asked && dialect.answersByItself === true) this.#unclaimed = this.#newResponse();
    const response = this.#asked ?? this.#unclaimed;
    if (!response) return;
    this.#asked = undefined;
    response.id = id;
    response.begun = true;
    this.#response = response;
    if (response.cancelled) this.#send(dialect.cancel());
    else if (this.#stall) this.#watch();
  }

  #onResponse(news: Extract<RealtimeNews, { readonly responseId?: string | undefined }>): void {
    const response = this.#response;
    if (!response || (news.responseId !== undefined && response.id !== undefined && news.responseId !== response.id))
      return;
    const failure = response.take(news);
    if (failure) {
      this.#fail(failure);
      return;
    }
    if (response.over) {
      this.#response = undefined;
      this.#unwatch();
      this.#onResponseOver?.();
    } else if (this.#stall) {
      this.#watch();
    }
  }

  #watch(): void {
    this.#unwatch();
    this.#stall = this.options.clock.after(STALL_MS, () => {
      const response = this.#response ?? this.#asked;
      if (!response || response.over || response.cancelled || response.paused) return;
      this.#fail(serviceError('realtime', 'timeout', wireWords.silent));
    });
  }

  #unwatch(): void {
    this.#stall?.cancel();
    this.#stall = undefined;
  }

  #touch(): void {
    this.#usedMs = this.options.clock.nowMs();
    this.#idle ??= this.#closeWhenIdle(IDLE_MS);
  }

  #closeWhenIdle(afterMs: number): TimerHandle {
    const { clock } = this.options;
    return clock.after(afterMs, () => {
      const leftMs = this.#usedMs + IDLE_MS - clock.nowMs();
      if (leftMs > 0) this.#idle = this.#closeWhenIdle(leftMs);
      else this.close();
    });
  }

  #reason(): unknown {
    return this.#over.signal.reason ?? new Cancelled('the realtime session is over');
  }

  #fail(error: unknown): void {
    if (this.over) return;
    const known = asChorusError(error, 'realtime.failed');
    this.#lease?.refused(known);
    this.#end(error instanceof ChorusError ? error : known);
  }

  #end(reason: unknown): void {
    if (this.over) return;
    this.#over.abort(reason);
    this.#idle?.cancel();
    this.#unwatch();
    this.#audio.close();
    this.#texts.fail(reason);
    for (const response of [this.#response, this.#asked]) response?.fail(reason);
    this.#connection?.terminate();
    this.#lease?.release();
    this.#onResponseOver?.();
  }
}

const late = (): ChorusError => serviceError('realtime', 'timeout', wireWords.noBegin);

function inputMessages(dialect: RealtimeDialect, input: RealtimeInput): readonly WireMessage[] {
  if (input.type === 'text') return dialect.text?.(input.text) ?? [];
  return dialect.toolResult?.(input.callId, input.text) ?? [];
}
