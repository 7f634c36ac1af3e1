import { isPlayableRate, isWav, type SpeechFormat } from '../../audio/format.js';
import { ChunkStream } from '../tts/chunk-stream.js';
import type { ServiceConnection, WireMessage } from './connection.js';
import { brokeOff, said, serviceError, unreadable } from './refusal.js';
import type { TtsDialect, TtsNews } from './tts-dialect.js';
import { wireWords } from './words.js';

export class SpokenSentence {
  readonly chunks: ChunkStream;
  /** Resolves with the first audio. Rejects if the sentence ends without audio. */
  readonly begun: Promise<void>;
  #begin: () => void = () => undefined;
  #refuse: (error: unknown) => void = () => undefined;
  #bytes = 0;
  #rateHz: number | undefined;
  #wav = false;
  #over = false;
  #lost = false;

  constructor(
    private readonly connection: ServiceConnection,
    private readonly dialect: Omit<TtsDialect, 'connect'>,
    private readonly pieces: AsyncIterable<string>,
    private readonly signal: AbortSignal,
    /** Called once, at the end. `heard` is true if some audio arrived. */
    private readonly onEnd: (complete: boolean, heard: boolean) => void,
    maxUnreadBytes: number,
  ) {
    this.begun = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.#refuse = reject;
    });
    this.chunks = new ChunkStream(
      { pause: () => connection.pause(), resume: () => this.#resume(), close: () => this.#close() },
      maxUnreadBytes,
    );
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) {
      this.#onAbort();
      return;
    }
    connection.listen({ message: (message) => this.#onMessage(message), closed: (why) => this.#onClosed(why) });
    this.#send(dialect.begin());
    if (dialect.takesTextAtOnce === true) void this.#sendText();
  }

  /** Call this after the first audio, because the service may declare another format. */
  formatOr(requested: SpeechFormat): SpeechFormat {
    if (this.#wav) return { kind: 'wav' };
    return this.#rateHz === undefined ? requested : { kind: 'pcm', rateHz: this.#rateHz };
  }

  get lost(): boolean {
    return this.#lost;
  }

  readonly #onAbort = (): void => {
    const reason: unknown = this.signal.reason;
    this.#refuse(reason);
    this.chunks.abort(reason);
    this.#end(false);
  };

  #onMessage(message: WireMessage): void {
    if (this.#over) return;
    let news: readonly TtsNews[];
    try {
      news = this.dialect.read(message);
    } catch (error) {
      this.#fail(unreadable('tts', error));
      return;
    }
    for (const one of news) if (!this.#over) this.#take(one);
  }

  #take(news: TtsNews): void {
    switch (news.type) {
      case 'started':
        void this.#sendText();
        break;
      case 'next':
        this.#send(news.messages);
        break;
      case 'rate':
        if (this.#bytes > 0 && news.rateHz !== this.#rateHz)
          this.#fail(serviceError('tts', 'failed', wireWords.rateChanged));
        else if (!isPlayableRate(news.rateHz)) this.#fail(serviceError('tts', 'failed', wireWords.rateImpossible));
        this.#rateHz = news.rateHz;
        break;
      case 'audio':
        if (news.bytes.byteLength === 0) break;
        if (this.#bytes === 0) this.#wav = isWav(news.bytes);
        this.#bytes += news.bytes.byteLength;
        this.chunks.push(news.bytes);
        this.#begin();
        break;
      case 'over':
        if (this.#bytes === 0) this.#fail(serviceError('tts', 'failed', wireWords.noAudio));
        else {
          this.chunks.end();
          this.#end(true);
        }
        break;
      case 'failed':
        this.#fail(serviceError('tts', news.code, said(news.message)));
        break;
    }
  }

  #send(messages: readonly WireMessage[]): void {
    for (const message of messages) this.connection.send(message);
  }

  /** Never rejects. The sentence ends if the source of the text fails. */
  async #sendText(): Promise<void> {
    try {
      for await (const piece of this.pieces) {
        if (this.#over) return;
        this.#send(this.dialect.say(piece));
      }
      if (!this.#over) this.#send(this.dialect.end());
    } catch (error) {
      this.#fail(error);
    }
  }

  #onClosed(why: string): void {
    this.#lost = this.#bytes === 0;
    // Most connections close after their sentence has ended. No error is made then, because the stack of an error is
    // not cheap.
    if (!this.#over) this.#fail(serviceError('tts', 'unreachable', brokeOff(why)));
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#refuse(error);
    this.chunks.fail(error);
    this.#end(false);
  }

  /** After the end, the connection may already carry another sentence, which pauses it by itself. */
  #resume(): void {
    if (!this.#over) this.connection.resume();
  }

  #close(): void {
    this.#end(false);
  }

  #end(complete: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.signal.removeEventListener('abort', this.#onAbort);
    if (complete && this.dialect.release) {
      // Audio that is still unread may have paused it.
      this.connection.resume();
      this.dialect.release(this.connection);
    } else this.connection.terminate();
    this.onEnd(complete, this.#bytes > 0);
  }
}

export const onePiece = (text: string): AsyncIterable<string> => ({
  async *[Symbol.asyncIterator]() {
    yield text;
  },
});
