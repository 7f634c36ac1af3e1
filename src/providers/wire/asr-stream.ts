import { asChorusError, Cancelled, ChorusError, type Clock, withTimeout } from '../../core/index.js';
import { concatInt16, int16ToBytes, LISTEN_SAMPLES_PER_MS } from '../../audio/index.js';
import type { AsrStream, AsrStreamRequest } from '../asr/asr-port.js';
import type { Lease, ServiceGate } from '../service-gate.js';
import type { AsrDialect, AsrNews, MakeAsrDialect } from './asr-dialect.js';
import { MESSAGE_MS, START_MS, type ServiceConnection, type WireMessage } from './connection.js';
import { brokeOff, said, serviceError, unreadable } from './refusal.js';
import { TranscriptText } from './transcript-text.js';
import { wireWords } from './words.js';

export interface AsrStreamOptions {
  readonly clock: Clock;
  readonly gate: ServiceGate;
  readonly dialect: MakeAsrDialect;
}

const LAST_TEXT_MS = 4_000;
/** More than the longest utterance. */
const MAX_SAMPLES = 90 * 16_000;
/** Limit for a service that does not read: 30 s of audio. */
const MAX_BUFFERED_BYTES = 30 * 32_000;

const late = (): ChorusError => serviceError('asr', 'timeout', wireWords.noBegin);

/** One utterance for a service. Audio waits here until the service accepts it, because some services start slowly. */
export class ServiceStream implements AsrStream {
  readonly #over = new AbortController();
  readonly #text = new TranscriptText();
  readonly #result: Promise<string>;
  #resolve: (text: string) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #waiting: Int16Array[] = [];
  #waitingSamples = 0;
  #samples = 0;
  #lease: Lease | undefined;
  #dialect: AsrDialect | undefined;
  #connection: ServiceConnection | undefined;
  #started = false;
  /** True after {@link finish}, or after the end of the stream. Further audio is ignored. */
  #finished = false;
  #endSent = false;

  constructor(
    private readonly request: AsrStreamRequest,
    private readonly options: AsrStreamOptions,
    signal: AbortSignal,
  ) {
    this.#result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // The caller of `finish` gets the error, so the rejection must not be reported as unhandled here.
    this.#result.catch(() => undefined);
    const onAbort = (): void => this.#end(() => this.#reject(signal.reason), signal.reason);
    signal.addEventListener('abort', onAbort, { once: true, signal: this.#over.signal });
    if (signal.aborted) onAbort();
    else this.#run().catch((error: unknown) => this.#fail(error));
  }

  push(pcm: Int16Array): void {
    if (this.#finished || this.#over.signal.aborted) return;
    this.#samples += pcm.length;
    if (this.#samples > MAX_SAMPLES) {
      this.#fail(serviceError('asr', 'failed', wireWords.noMore));
      return;
    }
    this.#waiting.push(pcm.slice());
    this.#waitingSamples += pcm.length;
    this.#sendAudio();
  }

  finish(): Promise<string> {
    if (!this.#finished) {
      this.#finished = true;
      this.#sendAudio();
    }
    return this.#result;
  }

  close(): void {
    this.#end(() => this.#reject(new Cancelled('the stream was closed')));
  }

  async #run(): Promise<void> {
    const { gate } = this.options;
    const { signal } = this.#over;
    const lease = await gate.take(this.request.device, signal);
    if (signal.aborted) {
      lease.release();
      return;
    }
    this.#lease = lease;
    await this.#connect(lease.key);
  }

  async #connect(key: string | undefined, fresh = false): Promise<void> {
    const { clock, dialect: make } = this.options;
    const { signal } = this.#over;
    const dialect = await make(this.request, key);
    const connection = await withTimeout(clock, START_MS, signal, late, (inner) => dialect.connect(inner, fresh));
    if (signal.aborted) {
      connection.terminate();
      return;
    }
    this.#dialect = dialect;
    this.#connection = connection;
    connection.listen({
      message: (message) => this.#onMessage(message),
      closed: (why, orderly) => this.#onClosed(why, orderly),
    });
    for (const message of dialect.begin()) connection.send(message);
    if (dialect.waitsForStart !== true) this.#start();
    else this.#after(START_MS, () => !this.#started && this.#fail(late()));
  }

  #start(): void {
    this.#started = true;
    this.#sendAudio();
  }

  #sendAudio(): void {
    const connection = this.#connection;
    const dialect = this.#dialect;
    if (!connection || !dialect || !this.#started || this.#endSent) return;
    const size = (dialect.messageMs ?? MESSAGE_MS) * LISTEN_SAMPLES_PER_MS;
    if (this.#waitingSamples >= size || this.#finished) {
      const all = concatInt16(this.#waiting);
      const upTo = this.#finished ? all.length : all.length - (all.length % size);
      for (let at = 0; at < upTo; at += size)
        connection.send(dialect.audio(int16ToBytes(all.subarray(at, Math.min(upTo, at + size)))));
      this.#waiting = upTo < all.length ? [all.subarray(upTo)] : [];
      this.#waitingSamples = all.length - upTo;
    }
    if (connection.buffered > MAX_BUFFERED_BYTES) this.#fail(serviceError('asr', 'failed', wireWords.noAudioTaken));
    else if (this.#finished) this.#sendEnd(connection, dialect);
  }

  #sendEnd(connection: ServiceConnection, dialect: AsrDialect): void {
    this.#endSent = true;
    for (const message of dialect.end()) connection.send(message);
    this.#after(dialect.lastTextMs ?? LAST_TEXT_MS, () => this.#fail(serviceError('asr', 'timeout', wireWords.noEnd)));
  }

  #after(delayMs: number, then: () => void): void {
    const timer = this.options.clock.after(delayMs, then);
    this.#over.signal.addEventListener('abort', () => timer.cancel(), { once: true });
  }

  #onMessage(message: WireMessage): void {
    if (this.#over.signal.aborted || !this.#dialect) return;
    let news: readonly AsrNews[];
    try {
      news = this.#dialect.read(message);
    } catch (error) {
      this.#fail(unreadable('asr', error));
      return;
    }
    for (const one of news) this.#take(one);
  }

  #take(news: AsrNews): void {
    if (this.#over.signal.aborted) return;
    switch (news.type) {
      case 'started':
        this.#start();
        break;
      case 'text':
        if (this.#text.take(news)) this.request.onText?.(this.#text.heard);
        else this.#fail(serviceError('asr', 'failed', wireWords.tooMuchText));
        break;
      case 'over':
        this.#end(() => this.#resolve(this.#text.heard.text), undefined, true);
        break;
      case 'failed':
        this.#fail(serviceError('asr', news.code, said(news.message)));
        break;
    }
  }

  #onClosed(why: string, orderly: boolean): void {
    if (this.#over.signal.aborted) return;
    if (!this.#started && this.#connection?.reused === true) {
      // The kept connection was already dead. All audio is still buffered here, so a new connection gets it.
      this.#connection = undefined;
      this.#connect(this.#lease?.key, true).catch((error: unknown) => this.#fail(error));
      return;
    }
    if (orderly && this.#endSent && this.#dialect?.closeIsEnd === true)
      this.#end(() => this.#resolve(this.#text.heard.text));
    else this.#fail(serviceError('asr', 'unreachable', brokeOff(why)));
  }

  #fail(error: unknown): void {
    const known = asChorusError(error, 'asr.failed');
    this.#lease?.refused(known);
    this.#end(() => this.#reject(error instanceof ChorusError ? known : error));
  }

  /** `orderly` is true if the service reported that its task is done. */
  #end(settle: () => void, reason?: unknown, orderly = false): void {
    if (this.#over.signal.aborted) return;
    settle();
    this.#finished = true;
    this.#waiting = [];
    this.#over.abort(reason);
    if (this.#connection && orderly && this.#dialect?.release) this.#dialect.release(this.#connection);
    else this.#connection?.terminate();
    this.#lease?.release();
  }
}
