import { LISTEN_SAMPLES_PER_MS } from '../audio/format.js';
import { asChorusError } from '../core/index.js';
import type { SpendingUnit } from '../platform/store/spending-port.js';
import type { AsrProvider, AsrStream } from './asr/asr-port.js';
import type { TtsProvider } from './tts/tts-port.js';

export interface Spender {
  /** Throws `capacity.budget` if the device, its agent or the server has used up its daily budget. */
  admit(deviceId: string | undefined): void;
  spent(deviceId: string | undefined, provider: string, unit: SpendingUnit, amount: number): void;
}

/** Counts all characters that the voice has accepted, even if the speech is interrupted. */
export function meteredVoice(voice: TtsProvider, spender: Spender): TtsProvider {
  const { id, local } = voice;
  return {
    id,
    get languages() {
      return voice.languages;
    },
    local,
    paid: true,
    predictMs: (text) => voice.predictMs(text),
    ...(voice.available && { available: () => voice.available?.() ?? true }),
    ...(voice.expect && { expect: (signal: AbortSignal) => voice.expect?.(signal) }),
    async synthesize(request, signal) {
      spender.admit(request.device);
      const audio = await voice.synthesize(request, signal);
      spender.spent(request.device, id, 'characters', Array.from(request.text).length);
      return audio;
    },
    ...(voice.stream && {
      async stream(request, signal) {
        spender.admit(request.device);
        const taken = (characters: number): void => spender.spent(request.device, id, 'characters', characters);
        const audio = await voice.stream?.({ ...request, pieces: tapped(request.pieces, taken) }, signal);
        return audio ?? Promise.reject(new Error('no stream'));
      },
    }),
  };
}

function tapped(pieces: AsyncIterable<string>, taken: (characters: number) => void): AsyncIterable<string> {
  let counted = 0;
  return {
    async *[Symbol.asyncIterator]() {
      let read = 0;
      for await (const piece of pieces) {
        read += Array.from(piece).length;
        if (read > counted) {
          taken(read - counted);
          counted = read;
        }
        yield piece;
      }
    },
  };
}

export function meteredRecognition(recognizer: AsrProvider, spender: Spender): AsrProvider {
  const { id } = recognizer;
  const heard = (device: string | undefined, samples: number): void =>
    spender.spent(device, id, 'audio_ms', samples / LISTEN_SAMPLES_PER_MS);
  return {
    id,
    languages: recognizer.languages,
    local: recognizer.local,
    punctuationMeansEnd: recognizer.punctuationMeansEnd,
    predictMs: (audioMs) => recognizer.predictMs(audioMs),
    async transcribe(request, signal) {
      spender.admit(request.device);
      const transcript = await recognizer.transcribe(request, signal);
      heard(request.device, request.pcm.length);
      return transcript;
    },
    ...(recognizer.open && {
      open(request, signal) {
        try {
          spender.admit(request.device);
        } catch (error) {
          return refused(error);
        }
        const stream = recognizer.open?.(request, signal);
        return stream ? counted(stream, (samples) => heard(request.device, samples)) : refused(new Error('no stream'));
      },
    }),
  };
}

/** `open` must not throw, so `finish` rejects with the error. */
const refused = (why: unknown): AsrStream => ({
  push: () => undefined,
  finish: () => Promise.reject(asChorusError(why)),
  close: () => undefined,
});

function counted(stream: AsrStream, tell: (samples: number) => void): AsrStream {
  let samples = 0;
  const report = (): void => {
    if (samples > 0) tell(samples);
    samples = 0;
  };
  return {
    push(pcm) {
      samples += pcm.length;
      stream.push(pcm);
    },
    finish() {
      report();
      return stream.finish();
    },
    close() {
      report();
      stream.close();
    },
  };
}
