import { Cancelled, sleep, type Clock } from '../../src/core/index.js';
import type {
  LiveRecognition,
  LiveRequest,
  Recognition,
  RecognitionRequest,
  Recognizer,
} from '../../src/speech/recognition/recognizer-port.js';
import { textOf } from './fake-listening.js';

/** Recognises {@link pcmOf} after some time, or does whatever else a test asks for. */
export class FakeRecognizer implements Recognizer {
  readonly requests: RecognitionRequest[] = [];
  runMs = 80;
  /** Whether it refuses to recognise speech early at a pause, as if no slot were idle. */
  dropsSpeculation = false;
  fails: Error | undefined;
  hangs = false;
  pending = 0;
  readonly outcomes: string[] = [];

  /** Whether it also works during speech. It then recognises the text given to {@link understands}. */
  streaming = false;
  #onText: ((text: string) => void) | undefined;
  /** How this recogniser would write a text that another one has recognised. */
  writes: (heard: string, language: string) => string = (heard) => heard;

  /** The recognisers that agents can choose. By default there is only this one. */
  named?: (id: string) => Recognizer;

  constructor(private readonly clock: Clock) {}

  takesLive(): boolean {
    return this.streaming;
  }

  live({ onText }: LiveRequest): LiveRecognition | undefined {
    if (!this.streaming) return undefined;
    this.#onText = onText;
    return { punctuationMeansEnd: true, push: () => undefined, end: () => undefined, close: () => undefined };
  }

  /** Sets what has been recognised so far of the words that are being spoken. */
  understands(text: string): void {
    this.#onText?.(text);
  }

  writtenText(heard: string, language: string): Promise<string> {
    return Promise.resolve(this.writes(heard, language));
  }

  speculated(outcome: 'used' | 'wasted', runMs: number): void {
    this.outcomes.push(`${outcome} ${runMs}`);
  }

  async recognize(request: RecognitionRequest, signal: AbortSignal): Promise<Recognition> {
    this.requests.push(request);
    if (request.deadlineMs === undefined && this.dropsSpeculation) throw new Cancelled('no idle slot');
    this.pending += 1;
    try {
      await sleep(this.clock, this.hangs ? 1e9 : this.runMs, signal);
    } finally {
      this.pending -= 1;
    }
    if (this.fails !== undefined) throw this.fails;
    return { text: textOf(request.pcm), asr: 'fake', waitMs: 0, runMs: this.runMs, punctuationMeansEnd: true };
  }
}
