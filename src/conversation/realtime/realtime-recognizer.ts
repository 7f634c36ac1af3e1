import { LISTEN_SAMPLES_PER_MS } from '../../audio/format.js';
import { Cancelled, type Clock, type LanguageTag } from '../../core/index.js';
import type {
  LiveRecognition,
  LiveRequest,
  Recognition,
  RecognitionRequest,
  Recognizer,
} from '../../speech/recognition/recognizer-port.js';
import type { LinkCall, RealtimeLink } from './realtime-link.js';

/** After `failed`, the ordinary recogniser recognises the pieces. */
type Outcome = { readonly text: string; readonly runMs: number } | 'failed';

/**
 * Recognition by a realtime model, which hears an utterance while it is spoken. If the model fails, the ordinary
 * recogniser recognises each piece from the kept audio.
 */
export class RealtimeRecognizer implements Recognizer {
  #utterance: Utterance | undefined;

  constructor(
    private readonly link: RealtimeLink,
    private readonly ordinary: Recognizer,
    private readonly clock: Clock,
  ) {}

  takesLive(language: LanguageTag): boolean {
    return this.link.usable || this.ordinary.takesLive?.(language) === true;
  }

  live(request: LiveRequest): LiveRecognition {
    let utterance = this.#utterance;
    if (!utterance || utterance.over || utterance.turnId !== request.turnId) {
      utterance?.drop();
      utterance = new Utterance(request, this.link, this.ordinary, this.clock);
      this.#utterance = utterance;
    }
    return utterance.refused ? new OrdinaryPiece(utterance, this.ordinary.live?.(request)) : new Piece(utterance);
  }

  async recognize(request: RecognitionRequest, signal: AbortSignal): Promise<Recognition> {
    const { live } = request;
    if (live instanceof OrdinaryPiece) return this.ordinary.recognize({ ...request, live: live.inner }, signal);
    if (!(live instanceof Piece)) return this.ordinary.recognize(request, signal);
    const { utterance } = live;
    const outcome = await unlessAborted(utterance.outcome, signal);
    if (outcome === 'failed') return this.ordinary.recognize({ ...request, live: undefined }, signal);
    // The model gives one text for the whole utterance. The last piece gets this text.
    const text = utterance.isLast(live) ? outcome.text : '';
    return { text, asr: utterance.provider, waitMs: 0, runMs: outcome.runMs, punctuationMeansEnd: false };
  }

  speculated(outcome: 'used' | 'wasted', runMs: number): void {
    this.ordinary.speculated(outcome, runMs);
  }

  close(): void {
    this.#utterance?.drop();
  }
}

/** All speech of one turn. The model hears either all of it or nothing. */
class Utterance {
  readonly turnId: number | undefined;
  readonly outcome: Promise<Outcome>;
  #settle: (outcome: Outcome) => void = () => undefined;
  readonly #call: LinkCall | undefined;
  #samples = 0;
  #last: Piece | undefined;
  #over = false;

  constructor(
    private readonly request: LiveRequest,
    private readonly link: RealtimeLink,
    private readonly ordinary: Recognizer,
    private readonly clock: Clock,
  ) {
    this.turnId = request.turnId;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#call = link.enter();
  }

  get refused(): boolean {
    return this.#call === undefined;
  }

  get over(): boolean {
    return this.#over;
  }

  get provider(): string {
    return this.#call?.service.provider.id ?? '';
  }

  isLast(piece: Piece): boolean {
    return this.#last === piece;
  }

  push(pcm: Int16Array): void {
    if (this.#over) return;
    this.#samples += pcm.length;
    this.#call?.session.push(pcm);
  }

  finish(last: Piece | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#last = last;
    const call = this.#call;
    if (!call) return;
    const startedMs = this.clock.nowMs();
    const { deviceId } = this.request;
    call.service.spender?.spent(deviceId, call.service.provider.id, 'audio_ms', this.#samples / LISTEN_SAMPLES_PER_MS);
    void this.#textOf(call, startedMs);
  }

  async #textOf(call: LinkCall, startedMs: number): Promise<void> {
    try {
      const heard = await call.session.commit();
      const text = (await this.ordinary.writtenText?.(heard, this.request.language)) ?? heard;
      call.succeeded();
      this.link.heard(call.session, text);
      this.#settle({ text, runMs: Math.max(1, this.clock.nowMs() - startedMs) });
    } catch (error) {
      call.failed(error);
      this.#settle('failed');
    }
  }

  drop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#call?.session.clear();
    this.#call?.released();
    this.#settle('failed');
  }
}

class Piece implements LiveRecognition {
  constructor(readonly utterance: Utterance) {}

  push(pcm: Int16Array): void {
    this.utterance.push(pcm);
  }

  /** Another piece of the utterance may follow. */
  end(): void {}

  finished(): void {
    this.utterance.finish(this);
  }

  close(): void {
    this.utterance.drop();
  }
}

/** A piece of an utterance that the model does not hear. */
class OrdinaryPiece implements LiveRecognition {
  constructor(
    private readonly utterance: Utterance,
    readonly inner: LiveRecognition | undefined,
  ) {}

  get punctuationMeansEnd(): boolean | undefined {
    return this.inner?.punctuationMeansEnd;
  }

  push(pcm: Int16Array): void {
    this.inner?.push(pcm);
  }

  end(): void {
    this.inner?.end();
  }

  finished(): void {
    this.inner?.finished?.();
    this.utterance.finish(undefined);
  }

  close(): void {
    this.inner?.close();
    this.utterance.drop();
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason ?? new Cancelled('the text is not needed'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
