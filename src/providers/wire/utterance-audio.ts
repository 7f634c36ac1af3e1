import {
  concatInt16,
  createResampler,
  floatToInt16,
  int16ToBytes,
  int16ToFloat,
  type Resampler,
  LISTEN_RATE_HZ,
} from '../../audio/index.js';
import { MESSAGE_MS, type WireMessage } from './connection.js';
import type { RealtimeDialect } from './realtime-dialect.js';

type Step = { readonly type: 'audio'; readonly pcm: Int16Array } | { readonly type: 'clear' | 'commit' };

/** Buffers the audio until the service has started, resamples it, and splits it into messages. */
export class UtteranceAudio {
  readonly #steps: Step[] = [];
  #working = false;
  #closed = false;
  #resampler: Resampler | undefined;
  #rest: Int16Array[] = [];
  #dialect: RealtimeDialect | undefined;

  constructor(
    private readonly send: (messages: readonly WireMessage[]) => void,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  start(dialect: RealtimeDialect): void {
    this.#dialect = dialect;
    void this.#work();
  }

  push(pcm: Int16Array): void {
    this.#step({ type: 'audio', pcm: pcm.slice() });
  }

  clear(): void {
    this.#step({ type: 'clear' });
  }

  commit(): void {
    this.#step({ type: 'commit' });
  }

  close(): void {
    this.#closed = true;
    this.#steps.length = 0;
    this.#rest = [];
    this.#resampler?.close();
    this.#resampler = undefined;
  }

  #step(step: Step): void {
    if (this.#closed) return;
    this.#steps.push(step);
    void this.#work();
  }

  /** Runs one step after the other, because the resampler may have to be loaded first. */
  async #work(): Promise<void> {
    const dialect = this.#dialect;
    if (this.#working || !dialect) return;
    this.#working = true;
    try {
      for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) {
        if (step.type === 'audio') await this.#take(step.pcm, dialect);
        else this.#end(step.type, dialect);
      }
    } catch (error) {
      this.onFailure(error);
    } finally {
      this.#working = false;
    }
  }

  async #take(pcm: Int16Array, dialect: RealtimeDialect): Promise<void> {
    const resampler = (this.#resampler ??= await createResampler(LISTEN_RATE_HZ, dialect.inputHz));
    if (this.#closed) {
      resampler.close();
      return;
    }
    this.#rest.push(dialect.inputHz === LISTEN_RATE_HZ ? pcm : floatToInt16(resampler.process(int16ToFloat(pcm))));
    this.#sendAudio(dialect, false);
  }

  #end(how: 'clear' | 'commit', dialect: RealtimeDialect): void {
    const last = this.#resampler?.flush();
    this.#resampler?.close();
    this.#resampler = undefined;
    if (how === 'clear') {
      this.#rest = [];
      this.send(dialect.clear());
      return;
    }
    if (last && last.length > 0) this.#rest.push(floatToInt16(last));
    this.#sendAudio(dialect, true);
    this.send(dialect.commit());
  }

  #sendAudio(dialect: RealtimeDialect, all: boolean): void {
    const size = (dialect.inputHz * MESSAGE_MS) / 1000;
    const waiting = this.#rest.reduce((sum, { length }) => sum + length, 0);
    if (waiting === 0 || (waiting < size && !all)) return;
    const pcm = concatInt16(this.#rest);
    const upTo = all ? waiting : waiting - (waiting % size);
    const messages: WireMessage[] = [];
    for (let from = 0; from < upTo; from += size)
      messages.push(dialect.audio(int16ToBytes(pcm.subarray(from, Math.min(upTo, from + size)))));
    this.#rest = upTo < waiting ? [pcm.subarray(upTo)] : [];
    this.send(messages);
  }
}
