import { LISTEN_RATE_HZ } from '../../audio/format.js';
import { setImmediate } from 'node:timers/promises';
import { ChorusError } from '../../core/index.js';
import type { OnlineRecognizer, OnlineStream } from './sherpa.js';
import type { StreamStep } from './sherpa-protocol.js';
import { engineWords } from '../words.js';

/** The model recognises the last word only if some audio follows. */
const TAIL = new Float32Array(LISTEN_RATE_HZ * 0.66);
/** One machine never has this many devices that talk at once. Above this number, the oldest stream is dropped. */
const MAX_STREAMS = 1000;

/** Decodes whole utterances, or streams step by step. */
export class OnlineDecoder {
  readonly #streams = new Map<number, OnlineStream>();

  constructor(private readonly recognizer: OnlineRecognizer) {}

  /** Samples are from -1 to 1. */
  whole(samples: Float32Array): Promise<string> {
    return this.#decode(this.recognizer.createStream(), samples, true);
  }

  /** Returns the text of the stream so far, or an empty text if dropped. Error: `asr.failed` for an unknown stream. */
  async step({ id, first, next }: StreamStep, samples: Float32Array): Promise<string> {
    if (first) this.#open(id);
    const stream = this.#streams.get(id);
    if (!stream) throw new ChorusError('asr.failed', engineWords.unknownStream);
    if (next !== 'more') this.#streams.delete(id);
    return next === 'dropped' ? '' : this.#decode(stream, samples, next === 'complete');
  }

  #open(id: number): void {
    const [oldest] = this.#streams.keys();
    if (this.#streams.size >= MAX_STREAMS && oldest !== undefined) this.#streams.delete(oldest);
    this.#streams.set(id, this.recognizer.createStream());
  }

  async #decode(stream: OnlineStream, samples: Float32Array, complete: boolean): Promise<string> {
    stream.acceptWaveform({ samples, sampleRate: LISTEN_RATE_HZ });
    if (complete) {
      stream.acceptWaveform({ samples: TAIL, sampleRate: LISTEN_RATE_HZ });
      stream.inputFinished();
    }
    while (this.recognizer.isReady(stream)) {
      this.recognizer.decode(stream);
      // Decoding blocks this thread, so each pause lets other messages through.
      await setImmediate();
    }
    return this.recognizer.getResult(stream).text.trim();
  }
}
