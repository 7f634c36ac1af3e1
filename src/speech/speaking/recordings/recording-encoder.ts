import { ChorusError, type Clock, type Logger, type Metrics, type Scope } from '../../../core/index.js';
import { childEntry, runInOwnChild } from '../../../engines/index.js';
import { speechWords } from '../../words.js';
import { packetsOf, type FeedResult } from '../encoding/protocol.js';
import type { OpusSettings } from '../encoding/sentence-encoder.js';
import { SENTENCE_PAUSE_MS } from '../reply-sentence.js';
import type { RecordingEncoding } from './encode-recording.js';
import { recordingKind, unreadable } from './recording-kind.js';

export type EncodeCall = RecordingEncoding & { readonly bytes: Uint8Array };

export type EncodeAnswer = Pick<FeedResult, 'packets' | 'lengths'>;

export interface RecordingEncoderOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly opus: OpusSettings;
}

export interface RecordingEncoder {
  /**
   * Returns the Opus packets (24 kHz, 60 ms) of a WAV, MP3, Ogg or FLAC file, as loud as speech. Throws
   * `recording.unreadable`, `recording.too_long`, `capacity.queue_full` or the signal's reason.
   */
  encode(bytes: Uint8Array, signal: AbortSignal): Promise<readonly Uint8Array[]>;
}

/** A minute of audio takes about a second of CPU. The process is killed after ten times this estimate. */
const PREDICTED_MS = 3_000;
const HEAP_MB = 128;
/** Maximum number of recordings in progress. One is decoded, and the others wait. */
const MAX_WAITING = 8;

/** Each recording is decoded in its own process, one after the other. Work for devices has a higher CPU priority. */
export function createRecordingEncoder(options: RecordingEncoderOptions): RecordingEncoder {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    async encode(bytes, signal) {
      recordingKind(bytes);
      if (waiting >= MAX_WAITING) throw new ChorusError('capacity.queue_full', speechWords.recording.waiting);
      waiting += 1;
      const mine = last.then(() => encodeInChild(bytes, options, signal));
      last = mine.catch(() => undefined);
      try {
        return await mine;
      } finally {
        waiting -= 1;
      }
    },
  };
}

async function encodeInChild(
  bytes: Uint8Array,
  { clock, log, metrics, scope, opus }: RecordingEncoderOptions,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  signal.throwIfAborted();
  const call: EncodeCall = { bytes, opus, trailingMs: SENTENCE_PAUSE_MS };
  const { file, execArgv } = childEntry(import.meta.url, 'recording-child');
  try {
    const answer = await runInOwnChild<EncodeAnswer>(call, {
      name: 'recording',
      entry: { file, execArgv: [`--max-old-space-size=${HEAP_MB}`, ...execArgv] },
      clock,
      log,
      metrics,
      scope: scope.child('decoding of a recording'),
      onEvent: () => undefined,
      predictedMs: PREDICTED_MS,
      retryOnCrash: false,
      signal,
    });
    return packetsOf(answer);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ChorusError && error.code.startsWith('recording.')) throw error;
    throw unreadable(speechWords.recording.tooMuchWork, error);
  }
}
