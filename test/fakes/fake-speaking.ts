import type { Clock, TimerHandle } from '../../src/core/index.js';
import type {
  HeardReply,
  ReplyEvent,
  ReplyOptions,
  ReplyStats,
  SoundQueue,
  Speaking,
  SpokenReply,
  VoiceRequest,
} from '../../src/speech/speaking/speaking-port.js';

const FRAME_MS = 60;
const PROGRESS_MS = 10_000;
const PACKETS_A_SENTENCE = 10;

/** A voice that needs `synthesisMs` for a sentence, and then sends ten packets in real time. */
export class FakeSpeaking implements Speaking {
  readonly replies: FakeReply[] = [];
  synthesisMs = 50;
  /** Returns the error with which the sentence of this text must fail, if it must. */
  fails: ((text: string) => Error | undefined) | undefined;
  /** Whether it never sends a packet. */
  hangs = false;
  /** Whether it also synthesises sentences that may never be played. */
  guesses = true;

  constructor(readonly clock: Clock) {}

  languages: readonly string[] = ['en', 'zh'];

  speaks({ language }: VoiceRequest): boolean {
    return this.languages.includes(language.slice(0, 2));
  }

  takesPieces(): boolean {
    return false;
  }

  takesGuesses(): boolean {
    return this.guesses;
  }

  reply(options: ReplyOptions, onEvent: (event: ReplyEvent) => void): SpokenReply {
    const reply = new FakeReply(this, options, onEvent);
    this.replies.push(reply);
    return reply;
  }

  /** Number of replies that can still send something. */
  get open(): number {
    return this.replies.filter((reply) => !reply.over).length;
  }
}

export class FakeReply implements SpokenReply {
  readonly said: string[] = [];
  readonly recorded: (readonly Uint8Array[])[] = [];
  /** Sounds that are played until the reply is stopped. */
  readonly played: SoundQueue[] = [];
  over = false;
  held = false;
  #ended = false;
  #sentence = 0;
  #inSentence = 0;
  #packets = 0;
  #timer: TimerHandle | undefined;
  #notBeforeMs: number;
  /** When the first sentence has been synthesised. */
  #madeAtMs = 0;
  #musicSinceMs: number | undefined;

  constructor(
    private readonly speaking: FakeSpeaking,
    readonly options: ReplyOptions,
    private readonly onEvent: (event: ReplyEvent) => void,
  ) {
    this.#notBeforeMs = options.notBeforeMs;
  }

  begin(notBeforeMs: number): void {
    this.#notBeforeMs = notBeforeMs;
    if (this.said.length > 0) this.#armFirst();
  }

  say(text: string): void {
    if (this.#ended || this.over) return;
    if (this.said.push(text) === 1) this.#madeAtMs = this.speaking.clock.nowMs() + this.speaking.synthesisMs;
    const failsEarly = this.#notBeforeMs === Infinity && this.speaking.fails?.(text) !== undefined;
    if (this.#notBeforeMs !== Infinity || failsEarly) this.#armFirst();
  }

  sayRecorded(title: string, packets: readonly Uint8Array[]): void {
    this.recorded.push(packets);
    this.say(title);
  }

  #armFirst(): void {
    const { clock, synthesisMs } = this.speaking;
    const notBeforeMs = this.#notBeforeMs === Infinity ? 0 : this.#notBeforeMs;
    const madeAtMs = this.#packets === 0 ? this.#madeAtMs : clock.nowMs() + synthesisMs;
    this.#arm(Math.max(0, Math.max(madeAtMs, notBeforeMs) - clock.nowMs()));
  }

  write(): void {
    throw new Error('takes whole sentences');
  }

  sayIfQuiet(text: string): void {
    if (this.#sentence === this.said.length) this.say(text);
  }

  play(sounds: SoundQueue): void {
    this.played.push(sounds);
    this.end();
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  end(): void {
    this.#ended = true;
    this.#arm(0);
  }

  hold(): void {
    this.held = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  resume(): void {
    this.held = false;
    this.#arm(0);
  }

  stop(): HeardReply {
    this.over = true;
    this.#timer?.cancel();
    const heard = this.said.slice(0, this.#sentence);
    for (const sounds of this.played) sounds.stopped(this.#musicMs, this.#musicMs);
    if (this.#inSentence > 0) heard.push((this.said[this.#sentence] ?? '').slice(0, this.#inSentence));
    return { text: heard.join(' '), playedMs: this.#packets * FRAME_MS, stats: this.#stats() };
  }

  #arm(delayMs: number): void {
    if (this.#timer !== undefined || this.over || this.held || this.speaking.hangs) return;
    this.#timer = this.speaking.clock.after(delayMs, () => {
      this.#timer = undefined;
      this.#step();
    });
  }

  #step(): void {
    const text = this.said[this.#sentence];
    if (text === undefined) {
      if (this.played.length > 0) {
        this.#musicSinceMs ??= this.speaking.clock.nowMs();
        this.onEvent({ type: 'progress' });
        this.#arm(PROGRESS_MS);
      } else if (this.#ended) this.#finish({ type: 'finished', stats: this.#stats() });
      return;
    }
    const error = this.speaking.fails?.(text);
    if (error !== undefined) {
      this.#finish({ type: 'failed', error, stats: this.#stats() });
      return;
    }
    if (this.#inSentence === 0) this.onEvent({ type: 'sentence', index: this.#sentence, text });
    if (this.over) return;
    this.#packets += 1;
    this.options.sink.sendPacket(new Uint8Array([1, 2, 3]), this.#packets * FRAME_MS);
    if (this.#packets === 1) this.onEvent({ type: 'first_packet', atMs: this.speaking.clock.nowMs() });
    if (this.over) return;
    this.#inSentence += 1;
    if (this.#inSentence === PACKETS_A_SENTENCE) {
      this.onEvent({ type: 'sentence_sent', index: this.#sentence });
      if (this.over) return;
      this.#inSentence = 0;
      this.#sentence += 1;
    }
    this.#arm(FRAME_MS);
  }

  #finish(event: ReplyEvent): void {
    this.over = true;
    this.onEvent(event);
  }

  get #musicMs(): number {
    return this.#musicSinceMs === undefined ? 0 : this.speaking.clock.nowMs() - this.#musicSinceMs;
  }

  #stats(): ReplyStats {
    return {
      packets: this.#packets,
      bytes: 90 * this.#packets,
      underruns: 0,
      underrunMs: 0,
      firstAudioMs: this.speaking.synthesisMs,
      cachedSentences: 0,
      sentences: this.said.length,
      musicMs: this.#musicMs,
    };
  }
}
