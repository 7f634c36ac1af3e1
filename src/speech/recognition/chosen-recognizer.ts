import { asChorusError, isCancelled, type LanguageTag, type Logger, type Metrics } from '../../core/index.js';
import type { LiveRecognition, LiveRequest, Recognition, RecognitionRequest, Recognizer } from './recognizer-port.js';

/** A recogniser in `asr.services`. It has no fallback of its own. */
export interface OneRecogniser {
  /** True for a model on this machine, which shares the queue of the server's own models. False for a service. */
  readonly local: boolean;
  takesLive(language: LanguageTag): boolean;
  live(request: LiveRequest): LiveRecognition | undefined;
  recognize(request: RecognitionRequest, signal: AbortSignal): Promise<Recognition>;
}

/**
 * The recogniser that an agent has chosen. If it fails or is no longer configured, the server's own recogniser gets the
 * same speech.
 */
export class ChosenRecognizer implements Recognizer {
  /**
   * `find` is called for each utterance, because the configuration may change. It returns undefined if the recogniser
   * does not exist.
   */
  constructor(
    private readonly id: string,
    private readonly find: () => OneRecogniser | undefined,
    private readonly shared: Recognizer,
    private readonly services: { readonly log: Logger; readonly metrics: Metrics },
  ) {}

  takesLive(language: LanguageTag): boolean {
    return (this.find() ?? this.shared).takesLive?.(language) === true;
  }

  live(request: LiveRequest): LiveRecognition | undefined {
    return (this.find() ?? this.shared).live?.(request);
  }

  async recognize(request: RecognitionRequest, signal: AbortSignal): Promise<Recognition> {
    const chosen = this.find();
    if (!chosen) return this.#instead('unknown', request, signal);
    try {
      return await chosen.recognize(request, signal);
    } catch (error) {
      const { code, message } = asChorusError(error, 'asr.failed');
      // A fallback is useless if the queue of a local model is full, because the server's own models wait in the same
      // queue. A service has its own limit.
      const queueIsFull = chosen.local && code.startsWith('capacity.');
      if (signal.aborted || isCancelled(error) || queueIsFull) throw error;
      this.services.log.warn('the recogniser of an agent failed; the one of the server took its place', {
        recogniser: this.id,
        code,
        reason: message,
      });
      return this.#instead('failed', { ...request, live: undefined }, signal);
    }
  }

  writtenText(heard: string, language: LanguageTag): Promise<string> {
    return this.shared.writtenText?.(heard, language) ?? Promise.resolve(heard);
  }

  speculated(outcome: 'used' | 'wasted', runMs: number): void {
    this.shared.speculated(outcome, runMs);
  }

  #instead(reason: 'unknown' | 'failed', request: RecognitionRequest, signal: AbortSignal): Promise<Recognition> {
    this.services.metrics.count('chorus_asr_fallback_total', { reason });
    return this.shared.recognize(request, signal);
  }
}
