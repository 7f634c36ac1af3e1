import { ChorusError, type Clock } from '../../core/index.js';
import type { SpeechFormat } from '../../audio/index.js';
import { ttsWords } from '../../providers/index.js';
import type { TtsAudio, TtsProvider } from '../../providers/tts/tts-port.js';
import type { Guess, Slots } from '../../capacity/index.js';
import { spokenForm, spokenPieces } from './spoken-form/spoken-form.js';
import { ChunkIntake, type IntakeLimits } from './chunk-intake.js';
import type { ReplySentence } from './reply-sentence.js';
import type { SpeechEncoder } from './encoding/speech-encoder.js';

export interface SynthesisOptions {
  readonly clock: Clock;
  readonly slots: Slots;
  readonly encoder: SpeechEncoder;
  readonly limits: IntakeLimits;
}

export interface SentenceRequest {
  readonly deviceId: string;
  readonly text: string;
  /** Set if the sentence is still being written and the provider accepts pieces. `text` is then its beginning. */
  readonly written?: Pick<ReplySentence, 'pieces' | 'whole' | 'text'>;
  readonly language: string;
  readonly voice: string | undefined;
  /** Time at which the audio is needed. If undefined, a local voice speaks only if a CPU slot is idle. */
  readonly deadlineMs: number | undefined;
  /** Set instead of a deadline if the sentence may never be played. */
  readonly guess?: Guess | undefined;
  /** True if the device is playing and runs out of audio at the deadline. */
  readonly playing?: boolean;
  /** True for another program, which gets only slots that no device needs (`SlotRequest.background`). */
  readonly background?: boolean;
  readonly trailingMs: number;
  /**
   * Time at which the device will have played all its packets. Returns undefined if the device has none. Absent if no
   * device plays the sentence.
   */
  readonly underrunAtMs?: () => number | undefined;
}

/** Limit of remote audio that waits for the encoder: 1.4 s of PCM at 24 kHz, or 11 s of MP3 at 48 kbit/s. */
const REMOTE_AHEAD_BYTES = 64 * 1024;
/**
 * A local voice is read to its end even if the device is slow, so that its slot becomes free. The limit is 3 minutes of
 * PCM.
 */
const LOCAL_AHEAD_BYTES = 8 * 1024 * 1024;

/**
 * Synthesises one sentence with one provider, and yields Opus packets. A remote provider is read only as fast as
 * packets are requested. A local provider occupies a CPU slot until it has finished. Throws the provider's errors,
 * `tts.timeout`, `capacity.*`, `audio.undecodable`, `engine.*`, and `tts.failed` if a text with words has no audio.
 */
export async function* synthesizeSentence(
  options: SynthesisOptions,
  provider: TtsProvider,
  request: SentenceRequest,
  parent: AbortSignal,
): AsyncGenerator<readonly Uint8Array[], void> {
  const { language, voice } = request;
  let packets = 0;
  const encode = (format: SpeechFormat, intake: ChunkIntake, signal: AbortSignal) =>
    options.encoder.encode(
      {
        format,
        voiceKey: `${provider.id} ${language} ${voice ?? ''}`,
        trailingMs: request.trailingMs,
        ...(request.underrunAtMs && { underrunAtMs: request.underrunAtMs }),
      },
      intake,
      signal,
    );
  for await (const batch of readSentence(options, provider, request, parent, encode)) {
    packets += batch.length;
    yield batch;
  }
  const { text } = request.written ?? request;
  if (packets === 0 && /[\p{L}\p{N}]/u.test(text)) throw new ChorusError('tts.failed', ttsWords.noSound);
}

type Asked = Pick<
  SentenceRequest,
  'deviceId' | 'text' | 'written' | 'language' | 'voice' | 'deadlineMs' | 'guess' | 'playing' | 'background'
>;

export async function* readSentence<T>(
  { clock, slots, limits }: Pick<SynthesisOptions, 'clock' | 'slots' | 'limits'>,
  provider: TtsProvider,
  request: Asked,
  parent: AbortSignal,
  make: (format: SpeechFormat, intake: ChunkIntake, signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T, void> {
  const controller = new AbortController();
  const signal = AbortSignal.any([parent, controller.signal]);
  const intake = new ChunkIntake({
    clock,
    limits: provider.local ? undefined : limits,
    limitsFrom: request.written?.whole(),
    maxBytes: provider.local ? LOCAL_AHEAD_BYTES : REMOTE_AHEAD_BYTES,
  });
  const { deviceId: device, text, written, language, voice } = request;
  const asked = { language, device, ...(voice === undefined ? {} : { voice }) };
  // The voice gets the spoken form, but the screen shows the text as written.
  const ask = async (within: AbortSignal): Promise<TtsAudio> =>
    written && provider.stream
      ? provider.stream({ ...asked, pieces: spokenPieces(() => written.pieces(within), language) }, within)
      : provider.synthesize({ ...asked, text: spokenForm(text, language) }, within);
  let producing: Promise<void> | undefined;
  const opened = new Promise<SpeechFormat>((resolve, reject) => {
    const produce = (inner: AbortSignal): Promise<void> => intake.read(ask, resolve, inner);
    const slot = {
      kind: 'tts',
      deviceId: request.deviceId,
      deadlineMs: request.deadlineMs,
      guess: request.guess,
      playing: request.playing ?? false,
      background: request.background,
      predictedMs: provider.predictMs(text),
      pool: provider.pool,
    } as const;
    producing = (provider.local ? slots.run(slot, signal, produce) : produce(signal)).catch((error: unknown) => {
      intake.fail(error);
      reject(error);
    });
  });
  try {
    yield* make(await opened, intake, signal);
  } finally {
    intake.close();
    controller.abort();
    await producing;
  }
}
