import { Cancelled, sleep, type Clock } from '../../src/core/index.js';
import type {
  LiveRecognition,
  LiveRequest,
  Recognition,
  RecognitionRequest,
  Recognizer,
} from '../../src/speech/recognition/recognizer-port.js';
import { textOf } from './fake-listening.js';

/** Recognises {@link pcmOf} after a while, or behaves as the test says. */
export class FakeRecognizer implements Recognizer {
  readonly requests: RecognitionRequest[] = [];
  runMs = 80;
  /** True: no slot is idle. */
  dropsSpeculation = false;
  fails: Error | undefined;
  hangs = false;
  pending = 0;
  readonly outcomes: string[] = [];

  /** True: also recognises during speech, with the text of {@link understands}. */
  streaming = false;
  #onText: ((text: string) => void) | undefined;
  /** Converts the text of another recogniser to its own spelling. */
  writes: (heard: string, language: string) => string = (heard) => heard;

  /** The recognisers that agents have chosen. Undefined: there is only this one. */
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

  /** Sets the text so far of the piece that is being spoken. */
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
